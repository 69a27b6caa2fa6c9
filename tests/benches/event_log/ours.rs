//! Our log, by its port: sealing, metadata and the organization column are on, as in production.

use std::sync::Arc;
use std::time::Duration;

use application::ports::event_log::{ClaimWrite, EventLog, NewEvent, Snapshot, StreamAppend, Unit};
use domain::aggregate::Aggregate;
use domain::claim::{ClaimChange, ClaimKey};
use domain::event::AggregateEvent;
use domain::fields::Fields;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT, SyncConfigId};
use domain::local_record::{LocalRecord, LocalRecordCommand, LocalRecordEvent, PutRecord, Source};
use domain::metadata::{Actor, Metadata};
use domain::stream::{LocalRecordKey, StreamId};
use futures::future::join_all;
use futures::stream::{self, StreamExt};
use infrastructure::clock::SystemClock;
use infrastructure::database::{Database, Options, Row};
use infrastructure::event_log::StoredEventLog;
use infrastructure::vault::FileVault;
use infrastructure::wakeups::InProcessWakeups;
use serde_json::json;
use uuid::Uuid;

/// Shape of the benchmark's snapshots.
const SHAPE: u32 = 1;
/// About what a sync record keeps: numbers, tokens and digests.
const SNAPSHOT: &str = r#"{"status":"synced","local":{"version":1,"digest":"0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d0a0b0c0d0e0f0a0b0c0d0e0f0a0b0c0d"},"remote":{"observation":3,"digest":"1a1b1c1d1e1f1a1b1c1d1e1f1a1b1c1d1a1b1c1d1e1f1a1b1c1d1e1f1a1b1c1d","version_token":"4"},"mapping":{"mapping":1,"lookups":0}}"#;

/// What a batch's units carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Events without personal contents.
    Plain,
    /// The same with a claim and a snapshot each.
    Full,
    /// Events with personal contents, a claim and a snapshot each.
    Sealed,
}

pub(crate) struct Ours {
    log: StoredEventLog,
    database: Database,
    _folder: tempfile::TempDir,
}

impl Ours {
    pub(crate) async fn open(url: &str) -> Self {
        // With the two connections for appends as many as the peer has.
        let options = Options { connections: crate::peer::CONNECTIONS - 2 };
        let database = Database::open_with(url, options).await.expect("the database opens");
        database.migrate().await.expect("the migrations apply");
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let vault = FileVault::open_or_create(&folder.path().join("keys.json"), database.clone());
        let vault = Arc::new(vault.expect("the key file is made"));
        let wakeups = Arc::new(InProcessWakeups::new(Duration::from_secs(1)));
        let log = StoredEventLog::new(&database, vault, Arc::new(SystemClock), wakeups);
        Self { log, database, _folder: folder }
    }

    /// Each command alone: load, decide, append one event with a claim and a snapshot.
    pub(crate) async fn commands(&self, callers: usize, commands: usize, round: usize) {
        let calls = (0..callers).map(|caller| {
            let log = self.log.clone();
            tokio::spawn(async move {
                for number in 0..commands {
                    command(&log, &format!("{round}-{caller}-{number:06}")).await;
                }
            })
        });
        for done in join_all(calls).await {
            done.expect("no caller fails");
        }
    }

    /// One call per batch, each of new streams; `in_flight` calls at once.
    pub(crate) async fn batches(&self, batches: Vec<Vec<Unit>>, in_flight: usize) {
        let mut calls = stream::iter(batches).map(|units| self.log.append(units)).buffered(in_flight);
        while let Some(answers) = calls.next().await {
            let answers = answers.expect("the database is there");
            assert!(answers.iter().all(Result::is_ok), "every stream is new");
        }
    }

    pub(crate) async fn head(&self) -> u64 {
        self.log.head().await.expect("the database is there")
    }

    /// The stored events after `position`, as columns.
    pub(crate) async fn rows_after(&self, position: u64) -> Vec<Row> {
        let sql =
            "SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            organization_id, recorded_at FROM events WHERE global_position > $1 ORDER BY global_position";
        self.database.query(sql, vec![position.into()]).await.expect("the database is there")
    }
}

/// Decided, not encoded: what a use case hands to the log.
pub(crate) fn decided(batches: usize, batch: usize, content: Content, round: usize) -> Vec<Vec<Unit>> {
    let units = |number: usize| {
        let id = |place: usize| format!("{content:?}-{round}-{number:04}-{place:04}");
        (0..batch).map(|place| unit(&id(place), content)).collect()
    };
    (0..batches).map(units).collect()
}

/// The fields of a customer, some 400 bytes.
pub(crate) fn fields() -> Fields {
    let fields = json!({
        "name": "Miller & Sons Hardware", "email": "office@miller-and-sons.example", "phone": "+1 555 0100 200",
        "address": {"line1": "17 Harbour Street", "city": "Port Ellen", "postal_code": "PA42 7DX", "country": "GB"},
        "currency": "GBP", "tax_number": "GB123456789", "active": true, "balance": "1430.10",
        "notes": "Delivers on Tuesdays and Fridays only; ring twice.",
    });
    fields.as_object().cloned().expect("it is an object")
}

fn stream_of(content: Content, id: &str) -> StreamId {
    let entity = if content == Content::Sealed { "customer" } else { "product" };
    LocalRecordKey { project: DEFAULT_PROJECT, entity: entity.into(), local_id: id.into() }.stream()
}

fn put(content: Content) -> LocalRecordCommand {
    let plain = json!({
        "name": "Harbour lamp, brass, 40 cm", "code": "HL-40-BRASS", "active": true, "unit_price": "129.00",
        "description": "x".repeat(250),
    });
    let fields =
        if content == Content::Sealed { fields() } else { plain.as_object().cloned().unwrap_or_default() };
    LocalRecordCommand::Put(PutRecord::new(fields, Source::Client))
}

async fn command(log: &StoredEventLog, id: &str) {
    let stream = stream_of(Content::Sealed, id);
    let loaded =
        log.load_many(std::slice::from_ref(&stream), Some(SHAPE)).await.expect("the database is there");
    let state =
        LocalRecord::fold(loaded[0].events.iter().filter_map(|event| LocalRecordEvent::of(&event.event)));
    let events = state.decide(put(Content::Sealed)).expect("a put of a new record is taken");
    let unit = unit_of(stream, loaded[0].head(), events, Content::Sealed);
    let answers = log.append(vec![unit]).await.expect("the database is there");
    assert!(answers[0].is_ok(), "every stream is new");
}

fn unit(id: &str, content: Content) -> Unit {
    let events = LocalRecord::default().decide(put(content)).expect("a put of a new record is taken");
    unit_of(stream_of(content, id), 0, events, content)
}

fn unit_of(stream: StreamId, expected: u64, events: Vec<LocalRecordEvent>, content: Content) -> Unit {
    let full = content != Content::Plain;
    let key = ClaimKey::remote_id(SyncConfigId(Uuid::from_u128(1)), "-", &stream.id);
    let change = ClaimChange::Take { key, tag: Some([7; 16]) };
    let claims = full.then(|| ClaimWrite { stream: stream.clone(), change }).into_iter().collect();
    let metadata =
        Metadata::new(Actor::ApiKey(Uuid::from_u128(3).to_string()), CommandId(Uuid::from_u128(2)));
    let events: Vec<_> = events
        .into_iter()
        .map(|event| NewEvent { event: event.into(), metadata: metadata.clone() })
        .collect();
    let sequence = expected + events.len() as u64;
    let snapshot = full.then(|| Snapshot { sequence, shape: SHAPE, payload: SNAPSHOT.into() });
    let append = StreamAppend { stream, expected, events, snapshot };
    Unit { organization: DEFAULT_ORGANIZATION, streams: vec![append], claims, command: None }
}
