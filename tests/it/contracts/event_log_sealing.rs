//! Personal contents are sealed: readable through the log, nowhere in its bytes, gone with their key.

use application::ports::event_log::{EventLog, NewEvent, StreamAppend};
use domain::event::Event;
use domain::ids::{DEFAULT_ORGANIZATION, SyncConfigId};
use domain::stream::{StreamId, SyncRecordKey};
use domain::sync_record::SyncRecordEvent;
use domain::sync_record::events::RemoteObserved;
use infrastructure::database::Statement;
use serde_json::json;
use uuid::Uuid;

use super::event_log::{Fixture, append, logs, metadata, put, record, unit, unit_of};

const SECRET: &str = "Zaphod Beeblebrox";

fn pair() -> StreamId {
    SyncRecordKey { config: SyncConfigId(Uuid::from_u128(1)), realm: "-".into(), local_id: "a".into() }
        .stream()
}

fn observed() -> NewEvent {
    let seen = json!({
        "remote_id": "17", "mapping": {"mapping": 1, "lookups": 0}, "seen": {
            "changed": {"DisplayName": SECRET, "Balance": 12.5},
            "digest": "00".repeat(32), "observed": "11".repeat(32),
        },
    });
    let seen: RemoteObserved = serde_json::from_value(seen).unwrap();
    NewEvent { event: SyncRecordEvent::from(seen).into(), metadata: metadata() }
}

/// Both sides' contents, a record's and a provider's.
async fn fill(log: &Fixture) -> Vec<NewEvent> {
    let events =
        vec![put(&json!({"name": SECRET, "active": true})), put(&json!({"name": SECRET.to_uppercase()}))];
    let remote = StreamAppend { stream: pair(), expected: 0, events: vec![observed()], snapshot: None };
    log.must(unit_of(vec![StreamAppend { events: events.clone(), ..append("a", 0, 0) }, remote])).await;
    events.into_iter().chain([observed()]).collect()
}

/// Every byte that the log's tables hold.
async fn bytes(log: &Fixture) -> String {
    let database = log.database.as_ref().unwrap();
    if database.is_postgres() {
        let mut text = String::new();
        for table in ["events", "snapshots", "claims", "commands", "subject_keys"] {
            let rows = database.query(&format!("SELECT t::text FROM {table} t"), Vec::new()).await.unwrap();
            text.extend(rows.iter().map(|row| row.text(0).unwrap()));
        }
        return text;
    }
    let path = log.url.strip_prefix("sqlite:").unwrap();
    let files = [path.to_owned(), format!("{path}-wal")].map(|path| std::fs::read(path).unwrap());
    String::from_utf8_lossy(&files.concat()).into_owned()
}

#[tokio::test]
async fn sealed_contents_read_back_and_stand_nowhere_in_the_tables() {
    for log in logs().await {
        let given = fill(&log).await;
        let another = log.another().await;
        for reader in [&log.log, &another] {
            let read = reader.read_all(0, 10).await.unwrap();
            let events: Vec<_> = read.into_iter().map(|event| event.event).collect();
            assert_eq!(events, given.iter().map(|new| new.event.clone()).collect::<Vec<_>>(), "{}", log.name);
        }
        if log.database.is_none() {
            continue;
        }
        let bytes = bytes(&log).await;
        assert!(
            bytes.contains("active") && bytes.contains("Balance"),
            "{}: open contents are not there",
            log.name
        );
        for hidden in [SECRET.to_owned(), SECRET.to_uppercase(), "DisplayName".into()] {
            assert!(!bytes.contains(&hidden), "{}: {hidden} stands in the tables", log.name);
        }
    }
}

#[tokio::test]
async fn only_the_contents_that_are_asked_for_are_opened() {
    let ours = |event: &Event| matches!(event, Event::LocalRecord(_));
    for log in logs().await {
        let given: Vec<Event> = fill(&log).await.into_iter().map(|new| new.event).collect();
        let mut open_parts: Vec<Event> =
            [put(&json!({"active": true})), put(&json!({}))].into_iter().map(|new| new.event).collect();
        let read = log.log.read_opened(0, 10, ours).await.unwrap();
        let seen: Vec<Event> = read.iter().map(|recorded| recorded.event.clone()).collect();
        assert_eq!(seen[..2], given[..2], "{}", log.name);
        assert!(seen[2] != given[2] && !format!("{:?}", seen[2]).contains(SECRET), "{}", log.name);
        open_parts.push(seen[2].clone());
        // A full page twice, which is shared, and one that more events follow.
        for limit in [3, 3, 10] {
            let closed = log.log.read_closed(0, limit).await.unwrap();
            let events: Vec<Event> = closed.iter().map(|recorded| recorded.event.clone()).collect();
            assert_eq!(events, open_parts, "{}", log.name);
        }
        log.must(unit("b", 0)).await;
        // What was read before they came may be read again; only an empty page is the end.
        let (mut position, mut count) = (0, 0);
        while let Some(last) = log.log.read_closed(position, 10).await.unwrap().last() {
            count += log.log.read_closed(position, 10).await.unwrap().len();
            position = last.position;
        }
        assert_eq!(count, 4, "{}", log.name);
        assert_eq!(log.log.read_closed(1, 2).await.unwrap()[0].position, read[1].position, "{}", log.name);
    }
}

#[tokio::test]
async fn a_destroyed_key_leaves_the_open_fields_and_no_failure() {
    for log in logs().await {
        let Some(database) = &log.database else { continue };
        fill(&log).await;
        let destroy = Statement::new("UPDATE subject_keys SET wrapped = NULL", Vec::new()).expecting(2);
        database.write(vec![destroy]).await.unwrap();
        let another = log.another().await;
        let read = another.load(&record("a"), 0).await.unwrap();
        let open = [put(&json!({"active": true})), put(&json!({}))];
        let events: Vec<_> = read.events.into_iter().map(|event| event.event).collect();
        assert_eq!(events, open.map(|new| new.event), "{}", log.name);
        // What comes later for an erased subject is not kept either, and fails nobody.
        another.append(vec![unit("a", 2)]).await.unwrap().remove(0).unwrap();
        assert!(!bytes(&log).await.contains("a 0"), "{}", log.name);
        let last = another.load(&record("a"), 2).await.unwrap().events.remove(0);
        assert_eq!(last.event, put(&json!({"active": true})).event, "{}", log.name);
    }
}

#[tokio::test]
async fn a_sealed_part_moved_to_another_stream_is_noticed() {
    let log = Fixture::sqlite().await;
    fill(&log).await;
    let database = log.database.as_ref().unwrap();
    let copy = "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
        metadata, recorded_at) SELECT aggregate_type, $1, sequence, event_type, event_version, payload, metadata,
        recorded_at FROM events WHERE global_position = 1";
    let key =
        "INSERT INTO subject_keys SELECT organization_id, $1, wrapped FROM subject_keys WHERE subject = $2";
    let (thief, home) = (record("thief"), record("a"));
    let text = |text: String| infrastructure::database::Param::Text(text);
    database.write(vec![Statement::new(copy, vec![text(thief.id.clone())])]).await.unwrap();
    assert_eq!(log.log.load(&thief, 0).await.unwrap().events[0].event, put(&json!({"active": true})).event);
    let key = Statement::new(key, vec![text(thief.to_string()), text(home.to_string())]).expecting(1);
    database.write(vec![key]).await.unwrap();
    assert!(log.another().await.load(&thief, 0).await.is_err());
}

#[tokio::test]
async fn two_processes_that_start_one_record_at_once_end_with_one_key() {
    for log in logs().await {
        let another = log.another().await;
        let first = |log: infrastructure::event_log::StoredEventLog| async move {
            log.append(vec![unit("a", 0)]).await.unwrap().remove(0).is_ok()
        };
        let (one, two) = tokio::join!(first(log.log.clone()), first(another.clone()));
        assert!(one != two, "{}", log.name);
        for (expected, writer) in [(1, &another), (2, &log.log)] {
            writer.append(vec![unit("a", expected)]).await.unwrap().remove(0).unwrap();
        }
        for reader in [&log.log, &another, &log.another().await] {
            let loaded = reader.load(&record("a"), 0).await.unwrap();
            let plain = append("a", 0, 1).events.remove(0).event;
            assert!(loaded.events.iter().all(|event| event.event == plain), "{}: {loaded:?}", log.name);
        }
        let Some(database) = &log.database else { continue };
        let sql = "SELECT count(*) FROM subject_keys WHERE organization_id = $1";
        let organization = infrastructure::database::Param::Text(DEFAULT_ORGANIZATION.to_string());
        assert_eq!(
            database.query(sql, vec![organization]).await.unwrap()[0].i64(0).unwrap(),
            1,
            "{}",
            log.name
        );
    }
}
