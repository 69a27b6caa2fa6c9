//! The promises of the event log, in memory and on every database. This file: what the tests build on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::event_log::{
    Appended, ClaimWrite, CommandRecord, EventLog, NewEvent, Refused, Snapshot, StreamAppend, Unit,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::claim::{ClaimChange, ClaimKey};
use domain::digest::Tag;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT, SyncConfigId};
use domain::local_record::{LocalRecordEvent, Put, Source};
use domain::metadata::{Actor, Metadata};
use domain::stream::{LocalRecordKey, StreamId};
use infrastructure::database::Database;
use infrastructure::event_log::StoredEventLog;
use infrastructure::vault::FileVault;
use infrastructure::wakeups::InProcessWakeups;
use serde_json::{Value, json};
use tests::postgres::fresh_database;
use uuid::Uuid;

/// A clock that tests may also set back.
#[derive(Clone)]
pub(crate) struct AnyClock(Arc<Mutex<DateTime<Utc>>>);

impl AnyClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_795_262_400, 0).unwrap())))
    }

    pub(crate) fn turn(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

#[async_trait::async_trait]
impl Clock for AnyClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _at: DateTime<Utc>) {
        unreachable!("the log does not sleep");
    }
}

/// An empty log, and what it stands on.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) log: StoredEventLog,
    pub(crate) clock: AnyClock,
    /// `None` for the log in memory.
    pub(crate) database: Option<Database>,
    pub(crate) url: String,
    vault: Arc<FileVault>,
    folder: tempfile::TempDir,
}

/// One empty log of each kind.
pub(crate) async fn logs() -> Vec<Fixture> {
    let mut logs = vec![Fixture::in_memory().await, Fixture::sqlite().await];
    logs.extend(Fixture::postgres().await);
    logs
}

impl Fixture {
    pub(crate) async fn in_memory() -> Self {
        let mut fixture = Self::sqlite().await;
        let (vault, clock) = (Arc::clone(&fixture.vault), Arc::new(fixture.clock.clone()));
        fixture.log = StoredEventLog::in_memory(vault, clock, wakeups());
        fixture.database = None;
        fixture.name = "memory";
        fixture
    }

    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("log.db").display());
        Self::open("SQLite", url, folder).await
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let url = fresh_database().await?;
        Some(Self::open("PostgreSQL", url, tempfile::tempdir().unwrap()).await)
    }

    async fn open(name: &'static str, url: String, folder: tempfile::TempDir) -> Self {
        let database = Database::open(&url).await.unwrap();
        database.migrate().await.unwrap();
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone()).unwrap();
        let (vault, clock) = (Arc::new(vault), AnyClock::new());
        let log = StoredEventLog::new(&database, Arc::clone(&vault), Arc::new(clock.clone()), wakeups());
        Self { name, log, clock, database: Some(database), url, vault, folder }
    }

    /// The same log as another process has it, with connections and memory of its own; in memory the same one.
    pub(crate) async fn another(&self) -> StoredEventLog {
        if self.database.is_none() {
            return self.log.clone();
        }
        let database = Database::open(&self.url).await.unwrap();
        let keys = self.folder.path().join("keys.json");
        let vault = Arc::new(FileVault::open(&keys, database.clone()).unwrap());
        StoredEventLog::new(&database, vault, Arc::new(self.clock.clone()), wakeups())
    }

    pub(crate) async fn append(&self, unit: Unit) -> Result<Appended, Refused> {
        self.log.append(vec![unit]).await.unwrap().remove(0)
    }

    /// Appends what nothing stands in the way of.
    pub(crate) async fn must(&self, unit: Unit) -> Appended {
        self.append(unit).await.unwrap_or_else(|refused| panic!("{}: {refused}", self.name))
    }

    pub(crate) async fn head_of(&self, id: &str) -> u64 {
        self.log.load(&record(id), 0).await.unwrap().head()
    }
}

pub(crate) fn wakeups() -> Arc<InProcessWakeups> {
    Arc::new(InProcessWakeups::new(Duration::from_millis(50)))
}

/// The stream of a customer.
pub(crate) fn record(id: &str) -> StreamId {
    of_entity("customer", id)
}

pub(crate) fn of_entity(entity: &str, id: &str) -> StreamId {
    LocalRecordKey { project: DEFAULT_PROJECT, entity: entity.into(), local_id: id.into() }.stream()
}

pub(crate) fn metadata() -> Metadata {
    Metadata::new(Actor::system("contract"), CommandId(Uuid::from_u128(5)))
}

pub(crate) fn put(fields: &Value) -> NewEvent {
    let fields = fields.as_object().unwrap().clone();
    let put = Put { created: false, fields, cleared: vec![], source: Source::Client, updated_at: None };
    NewEvent { event: LocalRecordEvent::from(put).into(), metadata: metadata() }
}

/// `count` events for a customer whose stream is at `expected`.
pub(crate) fn append(id: &str, expected: u64, count: usize) -> StreamAppend {
    let events = (0..count).map(|number| put(&json!({"active": true, "name": format!("{id} {number}")})));
    StreamAppend { stream: record(id), expected, events: events.collect(), snapshot: None }
}

pub(crate) fn with_snapshot(append: StreamAppend, shape: u32, payload: &str) -> StreamAppend {
    let sequence = append.expected + append.events.len() as u64;
    StreamAppend { snapshot: Some(Snapshot { sequence, shape, payload: payload.into() }), ..append }
}

pub(crate) fn unit_of(streams: Vec<StreamAppend>) -> Unit {
    Unit { organization: DEFAULT_ORGANIZATION, streams, claims: Vec::new(), command: None }
}

/// One event for one customer.
pub(crate) fn unit(id: &str, expected: u64) -> Unit {
    unit_of(vec![append(id, expected, 1)])
}

pub(crate) fn claiming(id: &str, expected: u64, changes: Vec<ClaimChange>) -> Unit {
    let claims = changes.into_iter().map(|change| ClaimWrite { stream: record(id), change }).collect();
    Unit { claims, ..unit(id, expected) }
}

pub(crate) fn commanded(unit: Unit, command: u128, body: u8) -> Unit {
    let command = CommandRecord { command_id: CommandId(Uuid::from_u128(command)), body_hash: [body; 32] };
    Unit { command: Some(command), ..unit }
}

pub(crate) fn key(remote_id: &str) -> ClaimKey {
    ClaimKey::remote_id(SyncConfigId(Uuid::from_u128(1)), "-", remote_id)
}

pub(crate) fn take(remote_id: &str, tag: Option<Tag>) -> ClaimChange {
    ClaimChange::Take { key: key(remote_id), tag }
}

pub(crate) fn retag(remote_id: &str, tag: Tag) -> ClaimChange {
    ClaimChange::Retag { key: key(remote_id), tag }
}

pub(crate) fn release(remote_id: &str) -> ClaimChange {
    ClaimChange::Release { key: key(remote_id) }
}
