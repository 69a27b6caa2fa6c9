//! A provider that is not in the binary: its manifest comes from a folder at run time.

use application::ports::connector::{
    Connection, Connectors, Cursor, Find, PreparedCall, ReadMode, RemoteRecord, WriteOutcome, WriteRequest,
};
use application::ports::credentials::Owner;
use chrono::TimeDelta;
use domain::value::{ErrorClass, Operation};
use infrastructure::connectors::RegistryOptions;
use sandbox::faults::Fault;
use sandbox::rest::{RestConfig, RestSandbox, StampGranularity, start};
use serde_json::json;
use std::sync::Arc;

use super::ports::{Bench, INTEGRATION, target};

struct World {
    sandbox: RestSandbox,
    bench: Bench,
    connection: Arc<dyn Connection>,
}

impl World {
    async fn new(config: RestConfig) -> Self {
        let sandbox = start(RestConfig { api_key: Some("key-1234".into()), ..config }).await.unwrap();
        let bench = Bench::default();
        bench.credentials.set(Owner::Integration(INTEGRATION), &[("api_key", "key-1234")], None);
        let registry = bench.registry(&sandbox.base_url, RegistryOptions::default());
        let connection = registry.open(&target("rest", "-", Some(&sandbox.base_url))).unwrap();
        Self { sandbox, bench, connection }
    }

    async fn write(&self, write: WriteRequest) -> WriteOutcome {
        let call = self.prepared(write);
        self.send(&call).await
    }

    fn prepared(&self, write: WriteRequest) -> PreparedCall {
        let (mut calls, refused) = self.connection.prepare("customers", &[write]);
        assert!(refused.is_empty(), "{refused:?}");
        calls.remove(0)
    }

    async fn send(&self, call: &PreparedCall) -> WriteOutcome {
        use application::ports::clock::Clock;
        let before = self.bench.clock.now() + TimeDelta::seconds(10);
        self.connection.send(call, before).await.remove(0).1
    }

    /// Reads to the end; the records and where an incremental read begins.
    async fn read(&self, mode: ReadMode, from: Option<Cursor>) -> (Vec<RemoteRecord>, Option<Cursor>) {
        let (mut records, mut cursor) = (Vec::new(), from);
        loop {
            let page = self.connection.read_page("customers", mode, cursor.as_ref()).await.unwrap();
            records.extend(page.records);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return (records, page.resume),
            }
        }
    }
}

fn create(reference: &str, name: &str) -> WriteRequest {
    WriteRequest {
        item: format!("item-{reference}"),
        operation: Operation::Create,
        remote_id: None,
        body: json!({ "name": name }).as_object().unwrap().clone(),
        version_token: None,
        key: format!("key-{reference}"),
        reference: reference.to_owned(),
    }
}

fn change(record: &RemoteRecord, operation: Operation, body: serde_json::Value) -> WriteRequest {
    let key = format!("{operation}-{:?}-{body}", record.version_token);
    let serde_json::Value::Object(body) = body else { panic!("a body is an object") };
    WriteRequest {
        item: "item".into(),
        operation,
        remote_id: Some(record.id.clone()),
        body,
        version_token: record.version_token.clone(),
        key,
        reference: "r".into(),
    }
}

fn confirmed(outcome: WriteOutcome) -> RemoteRecord {
    match outcome {
        WriteOutcome::Confirmed { record: Some(record) } => record,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_full_read_shows_every_record_once_and_an_incremental_one_what_changed() {
    let world = World::new(RestConfig { records: 2500, versions: true, ..RestConfig::default() }).await;
    let (records, resume) = world.read(ReadMode::Full, None).await;
    assert_eq!(records.len(), 2500);
    assert!(records.iter().all(|record| record.version_token.as_deref() == Some("1") && !record.deleted));

    world.sandbox.edit("customers", "cus_00000007", json!({"phone": "1"})).unwrap();
    world.sandbox.delete("customers", "cus_00000009").unwrap();
    let (changed, resume) = world.read(ReadMode::Incremental, resume).await;
    let mut ids: Vec<(&str, bool)> =
        changed.iter().map(|record| (record.id.as_str(), record.deleted)).collect();
    ids.retain(|(id, _)| ["cus_00000007", "cus_00000009"].contains(id));
    assert_eq!(ids, [("cus_00000007", false), ("cus_00000009", true)]);

    let (quiet, resume) = world.read(ReadMode::Incremental, resume).await;
    assert_eq!(quiet.len(), 0);
    world.sandbox.edit("customers", "cus_00000008", json!({"phone": "2"})).unwrap();
    let (changed, _) = world.read(ReadMode::Incremental, resume).await;
    assert_eq!(changed.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["cus_00000008"]);
}

#[tokio::test]
async fn changes_within_one_second_are_not_lost_at_a_coarse_clock() {
    let config =
        RestConfig { records: 3, stamp_granularity: StampGranularity::Seconds, ..RestConfig::default() };
    let world = World::new(config).await;
    let (_, mut resume) = world.read(ReadMode::Full, None).await;
    for turn in 0..20 {
        let id = format!("cus_0000000{}", 1 + turn % 3);
        world.sandbox.edit("customers", &id, json!({"notes": format!("turn {turn}")})).unwrap();
        let (changed, next) = world.read(ReadMode::Incremental, resume).await;
        let seen = changed
            .iter()
            .any(|record| record.id == id && record.body.get().contains(&format!("turn {turn}\"")));
        assert!(seen, "turn {turn}: {changed:?}");
        resume = next;
    }
}

#[tokio::test]
async fn a_write_is_confirmed_with_the_record_and_found_by_its_reference() {
    let world = World::new(RestConfig { versions: true, ..RestConfig::default() }).await;
    let made = confirmed(world.write(create("ref-1", "O'Brien & Sons")).await);
    assert_eq!(made.fields()["name"], "O'Brien & Sons");
    let found = world.connection.find("customers", &Find::Reference("ref-1".into())).await.unwrap();
    assert_eq!(found.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), [made.id.as_str()]);
    let changed = confirmed(world.write(change(&made, Operation::Update, json!({"phone": "5"}))).await);
    assert_eq!(
        (changed.version_token.as_deref(), changed.fields()["phone"].as_str()),
        (Some("2"), Some("5"))
    );
    let stale = world.write(change(&made, Operation::Update, json!({"phone": "6"}))).await;
    assert!(
        matches!(&stale, WriteOutcome::Rejected(error) if error.class == ErrorClass::StaleVersion),
        "{stale:?}"
    );
    let gone = world.write(change(&changed, Operation::Delete, json!({}))).await;
    assert!(matches!(gone, WriteOutcome::Confirmed { .. }), "{gone:?}");
    assert!(world.connection.read("customers", &made.id).await.unwrap().is_none());
}

#[tokio::test]
async fn every_fault_has_an_outcome_that_is_true() {
    let world = World::new(RestConfig::default()).await;
    let faults = [
        (Fault::TooManyRequests, false),
        (Fault::ServerError, true),
        (Fault::ErrorAfter, true),
        (Fault::Truncated, true),
        (Fault::DropBefore, true),
        (Fault::DropAfter, true),
        (Fault::Html, true),
    ];
    for (at, (fault, is_unknown)) in faults.into_iter().enumerate() {
        world.sandbox.faults.force(fault, 1);
        let outcome = world.write(create(&format!("fault-{at}"), "Somebody")).await;
        let fits = match (&outcome, is_unknown) {
            (WriteOutcome::Unknown { .. }, true) => true,
            (WriteOutcome::Rejected(error), false) => error.class == ErrorClass::RateLimited,
            _ => false,
        };
        assert!(fits, "{fault:?}: {outcome:?}");
    }
    assert_eq!(world.bench.limiter.paused.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_bytes_again_make_no_second_record_where_keys_are_honoured() {
    let world = World::new(RestConfig::default()).await;
    let call = world.prepared(create("ref-2", "Twice"));
    world.sandbox.faults.force(Fault::DropAfter, 1);
    assert!(matches!(world.send(&call).await, WriteOutcome::Unknown { .. }));
    confirmed(world.send(&call).await);
    assert_eq!(world.connection.find("customers", &Find::Reference("ref-2".into())).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_past_its_moment_is_not_sent() {
    use application::ports::clock::Clock;
    let world = World::new(RestConfig::default()).await;
    let call = world.prepared(create("late", "Late"));
    let past = world.bench.clock.now() - TimeDelta::seconds(1);
    let outcome = world.connection.send(&call, past).await.remove(0).1;
    assert!(
        matches!(&outcome, WriteOutcome::Rejected(error) if error.class == ErrorClass::Transient),
        "{outcome:?}"
    );
    assert_eq!(world.sandbox.records("customers").len(), 0);
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_address_are_told_apart() {
    let world = World::new(RestConfig::default()).await;
    world.bench.credentials.set(Owner::Integration(INTEGRATION), &[("api_key", "other-key")], None);
    let error = world.connection.verify().await.unwrap_err();
    assert_eq!(
        (error.class, error.next_step.as_deref()),
        (ErrorClass::AuthExpired, Some("give a new API key"))
    );
    let registry = world.bench.registry(&world.sandbox.base_url, RegistryOptions::default());
    for address in ["http://127.0.0.1:1/", "https://evil.example/", "https://169.254.169.254/", "no address"]
    {
        let error = registry.open(&target("rest", "-", Some(address))).err().expect(address);
        assert!(matches!(error.class, ErrorClass::Permission | ErrorClass::Validation), "{address}: {error}");
    }
}
