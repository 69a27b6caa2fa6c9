//! `cqrs_es` over our log, and `postgres_es` on our table, both ways. (Rows of `postgres_es` take no lock, so it is
//! supported with no other writer at work.)

use std::collections::HashMap;
use std::sync::Arc;

use application::ports::event_log::{EventLog, NewEvent, StreamAppend};
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateError, CqrsFramework, EventStore};
use domain::event::Event;
use domain::ids::DEFAULT_ORGANIZATION;
use domain::local_record::{LocalRecord, LocalRecordCommand, PutRecord, Source};
use domain::metadata::Actor;
use domain::project::{Project, ProjectEvent, ProjectRegistered, ProjectRenamed};
use domain::stream::{Kind, StreamId};
use domain::value::DisplayName;
use infrastructure::event_log::cqrs::{Cqrs, CqrsStore, Named};
use infrastructure::id_generator::SeededIds;
use postgres_es::PostgresEventRepository;
use serde_json::json;
use sqlx::postgres::PgPool;

use super::event_log::{Fixture, logs, metadata, unit_of};

fn store(log: &Fixture) -> CqrsStore {
    CqrsStore::new(Arc::new(log.log.clone()), Arc::new(SeededIds::new(1)), DEFAULT_ORGANIZATION)
}

fn put(fields: &serde_json::Value) -> LocalRecordCommand {
    LocalRecordCommand::Put(PutRecord::new(fields.as_object().unwrap().clone(), Source::Client))
}

fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).unwrap()
}

fn project(id: &str) -> StreamId {
    StreamId { kind: Kind::Project, id: id.into() }
}

#[tokio::test]
async fn the_framework_executes_commands_over_our_log() {
    for log in logs().await {
        let framework = CqrsFramework::<Cqrs<LocalRecord>, _>::new(store(&log), Vec::new(), ());
        let id = super::event_log::record("a").id;
        let who = HashMap::from([("actor".to_owned(), "user:7".to_owned())]);
        framework.execute_with_metadata(&id, put(&json!({"name": "One"})), who).await.unwrap();
        framework.execute(&id, put(&json!({"name": "Two"}))).await.unwrap();
        framework.execute(&id, put(&json!({"name": "Two"}))).await.unwrap();
        let loaded = log.log.load(&super::event_log::record("a"), 0).await.unwrap();
        assert_eq!(loaded.head(), 2, "{}", log.name);
        assert_eq!(loaded.events[0].metadata.actor, Actor::User("7".into()), "{}", log.name);
        let refused = framework.execute(
            "x",
            LocalRecordCommand::Delete(domain::local_record::DeleteRecord {
                if_match: None,
                source: Source::Client,
            }),
        );
        assert!(matches!(refused.await, Err(AggregateError::UserError(_))), "{}", log.name);
    }
}

#[tokio::test]
async fn a_store_that_fell_behind_reports_a_conflict() {
    for log in logs().await {
        let store = store(&log);
        let id = super::event_log::record("a").id;
        let context = || EventStore::<Cqrs<LocalRecord>>::load_aggregate(&store, &id);
        let (one, two) = (context().await.unwrap(), context().await.unwrap());
        let event = || {
            infrastructure::event_log::cqrs::CqrsEvent(domain::local_record::LocalRecordEvent::Erased(
                domain::local_record::Erased { request: None },
            ))
        };
        store.commit(vec![event()], one, HashMap::new()).await.unwrap();
        let stale = store.commit(vec![event()], two, HashMap::new()).await.unwrap_err();
        assert!(matches!(stale, AggregateError::AggregateConflict), "{}: {stale}", log.name);
        let events = EventStore::<Cqrs<LocalRecord>>::load_events(&store, &id).await.unwrap();
        assert_eq!((events.len(), events[0].sequence), (1, 1), "{}", log.name);
    }
}

type Repository = PersistedEventStore<PostgresEventRepository, Cqrs<Project>>;

async fn postgres_es(log: &Fixture) -> Repository {
    let repository = PostgresEventRepository::new(PgPool::connect(&log.url).await.unwrap());
    PersistedEventStore::new_event_store(repository).with_upcasters(vec![Box::new(Named)])
}

#[tokio::test]
async fn streams_written_through_postgres_es_load_here() {
    let Some(log) = Fixture::postgres().await else { return };
    let theirs = postgres_es(&log).await;
    let context = theirs.load_aggregate("p1").await.unwrap();
    let registered =
        ProjectRegistered { organization: DEFAULT_ORGANIZATION, name: name("Shop"), country: None };
    let given: Vec<ProjectEvent> = vec![registered.into(), ProjectRenamed { name: name("Store") }.into()];
    let events = given.iter().cloned().map(infrastructure::event_log::cqrs::CqrsEvent).collect();
    theirs.commit(events, context, HashMap::from([("who".into(), "me".into())])).await.unwrap();
    let loaded = log.log.load(&project("p1"), 0).await.unwrap();
    let found: Vec<Event> = loaded.events.iter().map(|recorded| recorded.event.clone()).collect();
    assert_eq!(found, given.into_iter().map(Event::from).collect::<Vec<_>>());
    assert_eq!(loaded.events[0].organization, DEFAULT_ORGANIZATION);
    assert_eq!(loaded.events[0].metadata.actor, Actor::system("unknown"));
    // And goes on here.
    let renamed = NewEvent {
        event: ProjectEvent::from(ProjectRenamed { name: name("Shop") }).into(),
        metadata: metadata(),
    };
    let append = StreamAppend { stream: project("p1"), expected: 2, events: vec![renamed], snapshot: None };
    log.must(unit_of(vec![append])).await;
    let all = log.log.read_all(0, 10).await.unwrap();
    assert_eq!(all.iter().map(|event| event.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(all.iter().map(|event| event.recorded_at).is_sorted());
}

#[tokio::test]
async fn streams_written_here_load_through_postgres_es_and_its_conflicts_are_ours() {
    let Some(log) = Fixture::postgres().await else { return };
    let registered =
        ProjectRegistered { organization: DEFAULT_ORGANIZATION, name: name("Shop"), country: None };
    let event = NewEvent { event: ProjectEvent::from(registered.clone()).into(), metadata: metadata() };
    let append = StreamAppend { stream: project("p2"), expected: 0, events: vec![event], snapshot: None };
    log.must(unit_of(vec![append.clone()])).await;
    let theirs = postgres_es(&log).await;
    let events = EventStore::<Cqrs<Project>>::load_events(&theirs, "p2").await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].payload.0, ProjectEvent::from(registered));
    let context = theirs.load_aggregate("p2").await.unwrap();
    let renamed = NewEvent {
        event: ProjectEvent::from(ProjectRenamed { name: name("Store") }).into(),
        metadata: metadata(),
    };
    log.must(unit_of(vec![StreamAppend { expected: 1, events: vec![renamed], ..append }])).await;
    let late =
        infrastructure::event_log::cqrs::CqrsEvent(ProjectEvent::from(ProjectRenamed { name: name("Late") }));
    let refused = theirs.commit(vec![late], context, HashMap::new()).await.unwrap_err();
    assert!(matches!(refused, AggregateError::AggregateConflict), "{refused}");
}
