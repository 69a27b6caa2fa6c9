//! Golden files: one stored row per persisted event, as some release wrote it. They are never changed; every later
//! program must read them as what they were.
//!
//! A new event: write `tests/golden/events/<name>.<version>.json` with `stream` and `event`, and let
//! `cargo test -p tests -- --ignored complete_golden_files` add what is stored.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use application::ports::event_log::{EventLog, NewEvent, StreamAppend, Unit};
use domain::event::Event;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION};
use domain::metadata::{Actor, Metadata};
use domain::stream::{Kind, StreamId};
use infrastructure::database::{Database, Param, Statement};
use infrastructure::event_log::{StoredEventLog, codec};
use infrastructure::vault::FileVault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::contracts::event_log::{AnyClock, wakeups};

/// A golden file.
#[derive(Clone, Serialize, Deserialize)]
struct Golden {
    /// Kind and id.
    stream: String,
    /// The event as it was given.
    event: Value,
    /// The row as it was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<Stored>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    payload: String,
    metadata: String,
    /// The subject's key, wrapped by the organization's, hex; where something is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject_key: Option<String>,
}

/// The fixed test keys, as the vault keeps them.
#[derive(Serialize, Deserialize)]
struct Keys {
    file: Value,
    name: String,
    key_id: String,
    sealed: String,
}

struct Opened {
    log: StoredEventLog,
    database: Database,
    _folder: tempfile::TempDir,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn goldens() -> BTreeMap<String, Golden> {
    let files = std::fs::read_dir(folder().join("events")).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let golden = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
        (name.clone(), golden.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    files.map(read).collect()
}

fn stream(golden: &Golden) -> StreamId {
    let (kind, id) = golden.stream.split_once('/').unwrap();
    StreamId { kind: Kind::parse(kind).unwrap(), id: id.into() }
}

fn metadata() -> Metadata {
    Metadata::new(Actor::User(Uuid::from_u128(1).to_string()), CommandId(Uuid::from_u128(2)))
}

/// A log under the fixed test keys.
async fn log() -> Opened {
    let keys: Keys =
        serde_json::from_str(&std::fs::read_to_string(folder().join("keys.json")).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, keys.file.to_string()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let database = Database::open("sqlite::memory:").await.unwrap();
    database.migrate().await.unwrap();
    let sql = "INSERT INTO organization_keys (organization, name, key_id, sealed) VALUES ($1, $2, $3, $4)";
    let organization = Param::Text(DEFAULT_ORGANIZATION.to_string());
    let sealed = Param::Bytes(unhex(&keys.sealed));
    let params = vec![organization, Param::Text(keys.name), Param::Text(keys.key_id), sealed];
    database.write(vec![Statement::new(sql, params)]).await.unwrap();
    let vault = Arc::new(FileVault::open(&path, database.clone()).unwrap());
    let log = StoredEventLog::new(&database, vault, Arc::new(AnyClock::new()), wakeups());
    Opened { log, database, _folder: folder }
}

#[tokio::test]
async fn every_golden_event_reads_as_what_it_was() {
    let log = log().await;
    let goldens = goldens();
    for (name, golden) in &goldens {
        store(&log.database, name, golden).await;
    }
    let read = log.log.read_all(0, 10_000).await.unwrap();
    assert_eq!(read.len(), goldens.len());
    for (recorded, (name, golden)) in read.into_iter().zip(goldens) {
        assert_eq!(serde_json::to_value(&recorded.event).unwrap(), golden.event, "{name}");
        assert_eq!(recorded.metadata, metadata(), "{name}");
    }
}

#[test]
fn every_persisted_event_has_a_golden_file() {
    let goldens = goldens();
    for (name, version) in codec::NAMES {
        let file = format!("{name}.{version}");
        let golden = goldens.get(&file).unwrap_or_else(|| panic!("write tests/golden/events/{file}.json"));
        assert!(golden.stored.is_some(), "{file} is not complete: see the head of this test");
    }
}

#[test]
fn sealed_contents_of_golden_files_are_not_readable() {
    for (name, golden) in goldens() {
        let stored = golden.stored.unwrap();
        assert!(!stored.payload.contains("Miller") && !stored.payload.contains("555"), "{name}");
        assert_eq!(stored.subject_key.is_some(), stored.payload.contains("\"sealed\""), "{name}");
    }
}

async fn store(database: &Database, file: &str, golden: &Golden) {
    let stored = golden.stored.as_ref().unwrap_or_else(|| panic!("{file} is not complete"));
    let (name, version) = file.rsplit_once('.').unwrap();
    let stream = stream(golden);
    let text = |text: &str| Param::Text(text.to_owned());
    let event =
        "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
        metadata, recorded_at) VALUES ($1, $2, 1, $3, $4, $5, $6, '2026-11-21T12:00:00.000000Z')";
    let columns =
        [stream.kind.as_str(), &stream.id, name, version, &stored.payload, &stored.metadata].map(text);
    let mut statements = vec![Statement::new(event, columns.to_vec())];
    if let Some(key) = &stored.subject_key {
        let sql = "INSERT INTO subject_keys (organization_id, subject, wrapped) VALUES ($1, $2, $3)";
        let subject =
            [text(&DEFAULT_ORGANIZATION.to_string()), text(&golden.stream), Param::Bytes(unhex(key))];
        statements.push(Statement::new(sql, subject.to_vec()));
    }
    database.write(statements).await.unwrap();
}

#[tokio::test]
#[ignore = "writes files: run it for a new event"]
async fn complete_golden_files() {
    if !folder().join("keys.json").exists() {
        make_keys().await;
    }
    let log = log().await;
    for (name, golden) in goldens().into_iter().filter(|(_, golden)| golden.stored.is_none()) {
        let event: Event =
            serde_json::from_value(golden.event.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        // What the event does not know would be lost without a word.
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            golden.event,
            "{name}: the example is not the event"
        );
        let events = vec![NewEvent { event, metadata: metadata() }];
        let append = StreamAppend { stream: stream(&golden), expected: 0, events, snapshot: None };
        let streams = vec![append];
        let unit = Unit { organization: DEFAULT_ORGANIZATION, streams, claims: Vec::new(), command: None };
        let at = log.log.append(vec![unit]).await.unwrap().remove(0).unwrap().first;
        complete(&log.database, &name, golden, at).await;
    }
}

async fn complete(database: &Database, file: &str, golden: Golden, at: u64) {
    let sql =
        "SELECT event_type || '.' || event_version, payload, metadata FROM events WHERE global_position = $1";
    let row = database.query(sql, vec![at.into()]).await.unwrap().remove(0);
    assert_eq!(row.text(0).unwrap(), file, "the file is named after another event");
    let sql = "SELECT wrapped FROM subject_keys WHERE subject = $1";
    let key = database.query(sql, vec![Param::Text(golden.stream.clone())]).await.unwrap();
    let subject_key = key.first().map(|row| hex(row.bytes(0).unwrap()));
    let (payload, metadata) = (row.text(1).unwrap().to_owned(), row.text(2).unwrap().to_owned());
    let golden = Golden { stored: Some(Stored { payload, metadata, subject_key }), ..golden };
    let text = serde_json::to_string_pretty(&golden).unwrap() + "\n";
    std::fs::write(folder().join("events").join(format!("{file}.json")), text).unwrap();
}

/// The keys of all golden files, made once.
async fn make_keys() {
    let place = tempfile::tempdir().unwrap();
    let database = Database::open("sqlite::memory:").await.unwrap();
    database.migrate().await.unwrap();
    let path = place.path().join("keys.json");
    let vault = FileVault::open_or_create(&path, database.clone()).unwrap();
    vault.organization_wrapper(DEFAULT_ORGANIZATION).await.unwrap();
    let rows =
        database.query("SELECT name, key_id, sealed FROM organization_keys", Vec::new()).await.unwrap();
    let keys = Keys {
        file: serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap(),
        name: rows[0].text(0).unwrap().to_owned(),
        key_id: rows[0].text(1).unwrap().to_owned(),
        sealed: hex(rows[0].bytes(2).unwrap()),
    };
    std::fs::write(folder().join("keys.json"), serde_json::to_string_pretty(&keys).unwrap() + "\n").unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
