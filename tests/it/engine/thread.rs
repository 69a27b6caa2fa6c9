//! One thread through everything, on a manifest that is not in the binary.

use application::command_handlers::SyncConfigSettings;
use domain::stream::SyncRecordKey;
use domain::value::{RunType, SyncStatus};
use sandbox::faults::Fault;
use sandbox::rest::RestConfig;
use serde_json::json;

use super::ground::{connected, rest};

#[tokio::test]
async fn a_put_becomes_a_record_at_the_provider() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    rig.idle().await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    let records = provider.records("customers");
    assert_eq!(records.len(), 1);
    assert_eq!((&records[0]["name"], &records[0]["external_id"]), (&json!("Ada"), &json!("C-1")));
    let stream = SyncRecordKey { config, realm: "-".to_owned(), local_id: "C-1".to_owned() }.stream();
    assert_eq!(
        rig.events(&stream).await.unwrap(),
        ["LocalObserved", "WriteBegun", "WriteConfirmed", "RemoteObserved"]
    );
}

#[tokio::test]
async fn pages_come_in_and_an_unchanged_read_is_no_event() {
    let (_folder, provider, ground) = rest(RestConfig { records: 2_500, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    let head = rig.head().await.unwrap();
    assert!(head > 2_500 * 3, "{head}");
    rig.pull(config, RunType::Full).await.unwrap();
    let runs_only = rig.head().await.unwrap() - head;
    assert!(runs_only < 10, "an unchanged re-read wrote {runs_only} events");
    provider.edit("customers", &id, json!({"phone": "+999"})).unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    let local = rig.local_of(config, "-", &id).await.unwrap();
    assert_eq!(rig.local("customer", &local).await.unwrap()["phone"], json!("+999"));
}

#[tokio::test]
async fn a_create_that_was_committed_but_never_answered_is_adopted_not_repeated() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    provider.faults.force_write(Fault::DropAfter, 1);
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::OutcomeUnknown);
    rig.advance(20).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    assert_eq!(provider.records("customers").len(), 1);
    assert!(provider.duplicates().is_empty());
}

#[tokio::test]
async fn a_create_that_never_arrived_is_sent_again() {
    let (_folder, provider, ground) = rest(RestConfig::default()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    provider.faults.force_write(Fault::DropBefore, 1);
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.advance(30).await.unwrap();
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
    assert_eq!(provider.records("customers").len(), 1);
}

#[tokio::test]
async fn both_sides_change_different_fields_and_both_arrive() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    provider.edit("customers", &id, json!({"phone": "2"})).unwrap();
    rig.put("customer", "C-1", json!({"name": "Ada Lovelace"})).await.unwrap();
    rig.idle().await.unwrap();
    rig.pull(config, RunType::Incremental).await.unwrap();
    rig.advance(5).await.unwrap();
    let there = provider.get("customers", &id).unwrap();
    assert_eq!((&there["name"], &there["phone"]), (&json!("Ada Lovelace"), &json!("2")));
    let here = rig.local("customer", "C-1").await.unwrap();
    assert_eq!((&here["name"], &here["phone"]), (&json!("Ada Lovelace"), &json!("2")));
    assert_eq!(rig.status(config, "-", "C-1").await.unwrap(), SyncStatus::Synced);
}

#[tokio::test]
async fn a_look_up_that_failed_does_not_count_as_one_that_found_nothing() {
    let (_folder, provider, ground) = rest(RestConfig::default()).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    provider.faults.force_write(Fault::DropBefore, 1);
    rig.put("customer", "C-1", json!({"name": "Ada"})).await.unwrap();
    rig.idle().await.unwrap();
    provider.faults.force(Fault::ServerError, 1);
    rig.advance(40).await.unwrap();
    let stream = SyncRecordKey { config, realm: "-".to_owned(), local_id: "C-1".to_owned() }.stream();
    assert_eq!(
        rig.events(&stream).await.unwrap()[..6],
        ["LocalObserved", "WriteBegun", "OutcomeUnknown", "OutcomeUnknown", "OutcomeResolved", "WriteBegun"]
    );
    assert_eq!(provider.records("customers").len(), 1);
}
