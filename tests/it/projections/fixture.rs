//! A log, a read store and runners over them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::checkpoints::Checkpoints;
use application::ports::event_log::{EventLog, NewEvent, StreamAppend, Unit};
use application::ports::read_store::{Query, ReadStore, Row, Table};
use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use domain::metadata::{Actor, Metadata};
use domain::stream::StreamId;
use infrastructure::checkpoints::DatabaseCheckpoints;
use infrastructure::clock::ManualClock;
use infrastructure::database::Database;
use infrastructure::event_log::StoredEventLog;
use infrastructure::read_store::DatabaseReadStore;
use infrastructure::vault::FileVault;
use infrastructure::wakeups::InProcessWakeups;
use projections::as_of::Memory;
use projections::runner::{Ports, Runner};
use serde_json::Value;
use tests::postgres::fresh_database;

/// Everything a runner stands on.
pub(super) struct Fixture {
    pub(super) log: Arc<StoredEventLog>,
    pub(super) read_store: Arc<dyn ReadStore>,
    pub(super) checkpoints: Arc<dyn Checkpoints>,
    pub(super) clock: ManualClock,
    wakeups: InProcessWakeups,
    _folder: tempfile::TempDir,
}

/// An empty one on SQLite, and one on PostgreSQL where the tests have a server.
pub(super) async fn fixtures() -> Vec<Fixture> {
    let mut fixtures = vec![Fixture::open("sqlite::memory:").await];
    if let Some(url) = fresh_database().await {
        fixtures.push(Fixture::open(&url).await);
    }
    fixtures
}

impl Fixture {
    async fn open(url: &str) -> Self {
        let database = Database::open(url).await.expect("a fresh database opens");
        database.migrate().await.expect("a fresh database takes every migration");
        let folder = tempfile::tempdir().expect("a folder for the keys");
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone());
        let clock = ManualClock::new(DateTime::from_timestamp(1_795_262_400, 0).expect("a valid time"));
        let wakeups = InProcessWakeups::new(Duration::from_millis(50));
        let vault = Arc::new(vault.expect("a new key file"));
        let log = StoredEventLog::new(&database, vault, Arc::new(clock.clone()), Arc::new(wakeups.clone()));
        Self {
            log: Arc::new(log),
            read_store: Arc::new(DatabaseReadStore::new(database.clone())),
            checkpoints: Arc::new(DatabaseCheckpoints::new(database)),
            clock,
            wakeups,
            _folder: folder,
        }
    }

    pub(super) fn ports(&self) -> Ports {
        Ports {
            log: self.log.clone(),
            read_store: self.read_store.clone(),
            checkpoints: self.checkpoints.clone(),
            clock: Arc::new(self.clock.clone()),
            wakeups: Arc::new(self.wakeups.clone()),
        }
    }

    /// The clock's first time, which is past for ever.
    pub(super) fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_262_400, 0).expect("a valid time")
    }

    /// A runner of every projection, with pages so small that most things need several.
    pub(super) fn runner(&self, holder: &str) -> Runner {
        Runner::new(self.ports(), holder, projections::all()).with_page(7)
    }

    /// Appends events, each its own unit, as their streams have them in this order; answers the last position.
    pub(super) async fn append(&self, events: Vec<(StreamId, Event)>) -> u64 {
        let mut heads: BTreeMap<StreamId, u64> = BTreeMap::new();
        let mut last = 0;
        for (stream, event) in events {
            let head = match heads.get(&stream) {
                Some(head) => *head,
                None => self.log.load(&stream, 0).await.expect("the log is there").head(),
            };
            heads.insert(stream.clone(), head + 1);
            let metadata = Metadata::new(Actor::User("u1".to_owned()), CommandId(DEFAULT_PROJECT.0));
            let events = vec![NewEvent { event, metadata }];
            let streams = vec![StreamAppend { stream, expected: head, events, snapshot: None }];
            let organization = DEFAULT_ORGANIZATION;
            let unit = Unit { organization, streams, claims: Vec::new(), command: None };
            let mut answers = self.log.append(vec![unit]).await.expect("the log is there");
            last = answers.remove(0).expect("nothing else writes").last;
            self.clock.advance(Duration::from_millis(250));
        }
        last
    }

    /// Every row of a view or table, by its key.
    pub(super) async fn shown(&self, from: &str) -> Vec<Value> {
        let query = Query {
            from: from.to_owned(),
            conditions: Vec::new(),
            order: "id",
            descending: false,
            after: None,
            limit: 10_000,
        };
        self.read_store.query(&query).await.unwrap_or_else(|why| panic!("{from}: {why}"))
    }

    /// The stored rows of what a runner fills, by projection and key.
    pub(super) async fn stored(&self, runner: &Runner) -> BTreeMap<String, BTreeMap<String, Row>> {
        let mut all = BTreeMap::new();
        for status in runner.status() {
            let rows = self.shown(&status.table).await;
            let keys: Vec<String> =
                rows.iter().map(|row| row["id"].as_str().expect("a text key").to_owned()).collect();
            let table = projections::all()
                .iter()
                .map(|projection| projection.table())
                .find(|table| table.name == status.name)
                .expect("a known projection");
            let number = status.table.rsplit('_').next().and_then(|number| number.parse().ok());
            let table = Table { version: number.expect("tables end with their number"), ..table };
            let cells = self.read_store.rows(&table, &keys).await.expect("the store is there");
            let rows = keys.into_iter().zip(cells.into_iter().flatten()).collect();
            all.insert(status.name.to_owned(), rows);
        }
        all
    }
}

/// What a fold into memory holds, in the shape of [`Fixture::stored`].
pub(super) fn folded(memories: Vec<Memory>) -> BTreeMap<String, BTreeMap<String, Row>> {
    memories.into_iter().map(|memory| (memory.name().to_owned(), memory.rows)).collect()
}
