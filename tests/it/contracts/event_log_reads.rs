//! Reading: streams, snapshots, everything in order, and as of a time.

use application::ports::event_log::{EventLog, Filter, NewEvent, StreamAppend, Unit};
use chrono::TimeDelta;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, OrganizationId};
use domain::metadata::{Actor, Metadata};
use domain::project::{ProjectEvent, ProjectRegistered};
use domain::stream::{Kind, StreamId};
use domain::value::DisplayName;
use serde_json::json;
use uuid::Uuid;

use super::event_log::{append, logs, metadata, of_entity, put, record, unit, unit_of, with_snapshot};

fn other() -> OrganizationId {
    OrganizationId(Uuid::from_u128(77))
}

fn project(number: u128) -> StreamAppend {
    let name = DisplayName::parse("Shop").unwrap();
    let event = ProjectRegistered { organization: other(), name, country: None };
    let event = NewEvent { event: ProjectEvent::from(event).into(), metadata: metadata() };
    let stream = StreamId::of(Kind::Project, Uuid::from_u128(number));
    StreamAppend { stream, expected: 0, events: vec![event], snapshot: None }
}

#[tokio::test]
async fn a_stream_loads_from_its_beginning_or_after_a_sequence_with_everything_it_was_given() {
    for log in logs().await {
        let given = Metadata {
            actor: Actor::User(Uuid::from_u128(1).to_string()),
            on_behalf_of: Some("client-7".into()),
            command_id: CommandId(Uuid::from_u128(2)),
            correlation_id: CommandId(Uuid::from_u128(3)),
            causation: Some(41),
            occurred_at: Some("2026-11-20T10:00:00.123456Z".parse().unwrap()),
        };
        let event =
            put(&serde_json::from_str(r#"{"name":"Ä\n\"'\\ 漢","balance":9007199254740993.10}"#).unwrap());
        let events = vec![
            NewEvent { event: event.event.clone(), metadata: given.clone() },
            put(&json!({"active": false})),
        ];
        log.must(unit_of(vec![StreamAppend { events, ..append("a", 0, 0) }])).await;
        let loaded = log.log.load(&record("a"), 0).await.unwrap();
        assert_eq!((loaded.stream.clone(), loaded.head()), (record("a"), 2), "{}", log.name);
        assert_eq!(
            (&loaded.events[0].event, &loaded.events[0].metadata),
            (&event.event, &given),
            "{}",
            log.name
        );
        assert_eq!(loaded.events[0].organization, DEFAULT_ORGANIZATION, "{}", log.name);
        let later = log.log.load(&record("a"), 1).await.unwrap();
        assert_eq!(later.events, loaded.events[1..], "{}", log.name);
        assert_eq!(log.log.load(&record("nobody"), 0).await.unwrap().head(), 0, "{}", log.name);
    }
}

#[tokio::test]
async fn many_streams_load_in_the_order_asked_with_snapshots_of_the_asked_shape() {
    for log in logs().await {
        log.must(unit_of(vec![with_snapshot(append("a", 0, 3), 2, r#"{"at":3}"#)])).await;
        log.must(unit_of(vec![append("a", 3, 2), append("b", 0, 1)])).await;
        let asked = [record("b"), record("nobody"), record("a")];
        let plain = log.log.load_many(&asked, None).await.unwrap();
        let counts: Vec<_> = plain.iter().map(|loaded| loaded.events.len()).collect();
        assert_eq!(counts, [1, 0, 5], "{}", log.name);
        assert_eq!(
            plain.iter().map(|loaded| loaded.stream.clone()).collect::<Vec<_>>(),
            asked,
            "{}",
            log.name
        );
        let kept = log.log.load_many(&asked, Some(2)).await.unwrap();
        assert_eq!(kept[2].snapshot.as_ref().unwrap().payload, br#"{"at":3}"#, "{}", log.name);
        let sequences: Vec<_> = kept[2].events.iter().map(|event| event.sequence).collect();
        assert_eq!((sequences, kept[2].head()), (vec![4, 5], 5), "{}", log.name);
        let foreign = log.log.load_many(&asked, Some(3)).await.unwrap().remove(2);
        assert!(foreign.snapshot.is_none() && foreign.events.len() == 5, "{}", log.name);
        log.must(unit_of(vec![with_snapshot(append("a", 5, 1), 2, r#"{"at":6}"#)])).await;
        let newest = log.log.load_many(&[record("a")], Some(2)).await.unwrap().remove(0);
        assert_eq!((newest.events.len(), newest.head()), (0, 6), "{}", log.name);
    }
}

#[tokio::test]
async fn streams_are_listed_by_id_within_a_prefix_after_the_last_seen() {
    for log in logs().await {
        let ids = ["b", "a", "a/b", "ä", "~x", "A", "a%"];
        let streams = ids.iter().map(|id| append(id, 0, 2)).collect();
        log.must(unit_of(streams)).await;
        let elsewhere = StreamAppend { stream: of_entity("customers", "a"), ..append("a", 0, 1) };
        log.must(unit_of(vec![elsewhere, project(1)])).await;
        let prefix = record("").id;
        let mut expected: Vec<String> = ids.iter().map(|id| record(id).id).collect();
        expected.sort_unstable();
        let page = log.log.list_streams(Kind::LocalRecord, &prefix, None, 4).await.unwrap();
        assert_eq!(
            page.iter().map(|stream| stream.id.clone()).collect::<Vec<_>>(),
            expected[..4],
            "{}",
            log.name
        );
        let rest = log.log.list_streams(Kind::LocalRecord, &prefix, Some(&expected[3]), 100).await.unwrap();
        assert_eq!(
            rest.iter().map(|stream| stream.id.clone()).collect::<Vec<_>>(),
            expected[4..],
            "{}",
            log.name
        );
        let all = log.log.list_streams(Kind::LocalRecord, "", None, 100).await.unwrap();
        assert_eq!(all.len(), 8, "{}", log.name);
    }
}

#[tokio::test]
async fn everything_is_read_in_order_page_by_page() {
    for log in logs().await {
        assert_eq!(log.log.head().await.unwrap(), 0, "{}", log.name);
        assert!(log.log.read_all(0, 10).await.unwrap().is_empty(), "{}", log.name);
        for number in 0..25 {
            log.must(unit_of(vec![append(&number.to_string(), 0, 2)])).await;
        }
        let (mut position, mut seen) = (0, Vec::new());
        loop {
            let page = log.log.read_all(position, 7).await.unwrap();
            let Some(last) = page.last() else { break };
            position = last.position;
            seen.extend(page.into_iter().map(|event| event.position));
        }
        assert_eq!(seen, (1..=50).collect::<Vec<_>>(), "{}", log.name);
        assert_eq!(log.log.head().await.unwrap(), 50, "{}", log.name);
    }
}

#[tokio::test]
async fn a_filter_keeps_one_tenant_or_some_kinds_and_counts_the_limit_after_it() {
    for log in logs().await {
        for number in 0..5_u128 {
            log.must(unit(&number.to_string(), 0)).await;
            log.must(Unit { organization: other(), ..unit_of(vec![project(number)]) }).await;
        }
        let read = async |filter: Filter, limit| {
            let found = log.log.read_filtered(2, limit, &filter).await.unwrap();
            found.iter().map(|event| event.position).collect::<Vec<_>>()
        };
        let records = Filter { organization: None, kinds: vec![Kind::LocalRecord, Kind::SyncRecord] };
        assert_eq!(read(records, 3).await, [3, 5, 7], "{}", log.name);
        let theirs = Filter { organization: Some(other()), kinds: Vec::new() };
        assert_eq!(read(theirs.clone(), 100).await, [4, 6, 8, 10], "{}", log.name);
        let neither = Filter { kinds: vec![Kind::LocalRecord], ..theirs };
        assert!(read(neither, 100).await.is_empty(), "{}", log.name);
        assert_eq!(read(Filter::default(), 2).await, [3, 4], "{}", log.name);
    }
}

#[tokio::test]
async fn the_position_at_a_time_is_that_of_the_last_event_recorded_until_then() {
    for log in logs().await {
        let mut times = Vec::new();
        assert_eq!(
            log.log.position_at("2030-01-01T00:00:00Z".parse().unwrap()).await.unwrap(),
            0,
            "{}",
            log.name
        );
        for number in 0..9 {
            log.clock.turn(TimeDelta::seconds(10));
            log.must(unit_of(vec![append(&number.to_string(), 0, 3)])).await;
            times.push(log.log.read_all(number * 3 + 2, 1).await.unwrap().remove(0).recorded_at);
        }
        let before = times[0] - TimeDelta::microseconds(1);
        assert_eq!(log.log.position_at(before).await.unwrap(), 0, "{}", log.name);
        for (place, time) in (1_u64..).zip(&times) {
            assert_eq!(log.log.position_at(*time).await.unwrap(), place * 3, "{}", log.name);
        }
        let after = times[8] + TimeDelta::days(1);
        assert_eq!(log.log.position_at(after).await.unwrap(), 27, "{}", log.name);
    }
}
