//! Killed while sending to and reading from the generic provider, on both databases.

use std::collections::BTreeMap;

use api::config::{DataConfig, KeysConfig};
use api::wiring::{Place, Store};
use application::command_handlers::SyncConfigSettings;
use domain::ids::SyncConfigId;
use sandbox::faults::Fault;
use sandbox::rest::{RestConfig, RestSandbox};
use serde_json::{Value, json};
use tests::postgres;
use tests::rig::{Ground, Rig};

use super::hub_process::{Kill, Task, much_later, run};
use super::{INBOUND, OUTBOUND};
use crate::engine::ground::{connected, rest};

/// The ground on another database: that of the URL, migrated, or SQLite.
async fn on(database: Option<String>, ground: Ground) -> Ground {
    let ground = Ground { database, ..ground };
    if ground.database.is_some() {
        let data = DataConfig { database: ground.database.clone(), ..DataConfig::in_folder(&ground.folder) };
        Store::migrate(&Place { data, keys: KeysConfig::default() }).await.unwrap();
    }
    ground
}

/// What both sides hold, by business fields.
type Both = (BTreeMap<String, Value>, BTreeMap<String, Value>);

async fn both(ground: &Ground, provider: &RestSandbox, config: SyncConfigId) -> Both {
    let rig = Rig::open(&much_later(ground)).await.unwrap();
    let mut here = BTreeMap::new();
    let mut there = BTreeMap::new();
    for record in provider.records("customers") {
        let id = record["id"].as_str().unwrap();
        let local_id = rig.local_of(config, "-", id).await.unwrap_or_else(|_| "not linked".to_owned());
        let ours = rig.local("customer", &local_id).await.unwrap();
        let status = rig.status(config, "-", &local_id).await.unwrap();
        here.insert(business_key(&record), json!([ours.get("name"), ours.get("phone"), status]));
        there.insert(business_key(&record), json!([record["name"], record["phone"]]));
    }
    (here, there)
}

fn business_key(record: &Value) -> String {
    record["external_id"].as_str().unwrap_or_else(|| record["id"].as_str().unwrap()).to_owned()
}

async fn killed_outbound(database: Option<String>, kill: Kill<'_>) -> (Both, bool) {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let ground = on(database, ground).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    for number in 1..=3 {
        let customer = json!({"name": format!("Customer {number}")});
        rig.put("customer", &format!("C-{number}"), customer).await.unwrap();
    }
    drop(rig);
    provider.faults.force_write(Fault::DropAfter, 1);
    let killed = kill.is_some() && !run(&ground, 60, &Task::Work, kill).success();
    assert!(run(&ground, 3_600, &Task::Work, None).success());
    assert!(provider.duplicates().is_empty(), "{kill:?}: {:?}", provider.duplicates());
    assert!(provider.writes_per_key().values().all(|writes| *writes <= 2), "{kill:?}");
    (both(&ground, &provider, config).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_sending_the_end_is_the_same() {
    let (undisturbed, _) = killed_outbound(None, None).await;
    assert_eq!(undisturbed.1.len(), 3);
    for point in OUTBOUND {
        for nth in 1..=2 {
            let (end, killed) = killed_outbound(None, Some((point, nth))).await;
            assert!(killed || nth > 1, "{point} is never reached");
            assert_eq!(end, undisturbed, "killed at {point}, time {nth}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_sending_on_postgresql_the_end_is_the_same() {
    let Some(database) = postgres::fresh_database().await else { return };
    let (undisturbed, _) = killed_outbound(Some(database), None).await;
    assert_eq!(undisturbed.1.len(), 3);
    for point in OUTBOUND {
        let database = postgres::fresh_database().await;
        let (end, killed) = killed_outbound(database, Some((point, 1))).await;
        assert!(killed, "{point} is never reached");
        assert_eq!(end, undisturbed, "killed at {point}");
    }
}

async fn killed_inbound(database: Option<String>, records: usize, kill: Kill<'_>) -> (Both, bool) {
    let (_folder, provider, ground) = rest(RestConfig { records, ..RestConfig::default() }).await;
    let ground = on(database, ground).await;
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    let config =
        rig.config(integration, "customer", "customers", SyncConfigSettings::default()).await.unwrap();
    drop(rig);
    let killed = kill.is_some() && !run(&ground, 60, &Task::Work, kill).success();
    assert!(run(&ground, 3_600, &Task::Work, None).success());
    assert_eq!(provider.stats()["writes"], json!(0), "what came in is not sent back");
    (both(&ground, &provider, config).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_reading_the_end_is_the_same() {
    let (undisturbed, _) = killed_inbound(None, 1_200, None).await;
    assert_eq!(undisturbed.0.len(), 1_200);
    for point in INBOUND {
        for nth in 1..=2 {
            let (end, killed) = killed_inbound(None, 1_200, Some((point, nth))).await;
            assert!(killed, "{point} is not reached {nth} times");
            assert_eq!(end, undisturbed, "killed at {point}, time {nth}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_reading_on_postgresql_the_end_is_the_same() {
    let Some(database) = postgres::fresh_database().await else { return };
    let (undisturbed, _) = killed_inbound(Some(database), 300, None).await;
    assert_eq!(undisturbed.0.len(), 300);
    for point in INBOUND {
        let database = postgres::fresh_database().await;
        let (end, killed) = killed_inbound(database, 300, Some((point, 1))).await;
        assert!(killed, "{point} is never reached");
        assert_eq!(end, undisturbed, "killed at {point}");
    }
}
