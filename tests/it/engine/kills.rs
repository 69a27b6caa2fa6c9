//! The process is killed at every named point of an outbound and an inbound run, started again, and ends as if nothing
//! had happened: the same at the provider and on our side (ids, positions, times, attempts and tokens aside).

use std::collections::BTreeMap;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};

use application::command_handlers::SyncConfigSettings;
use domain::ids::SyncConfigId;
use sandbox::faults::Fault;
use sandbox::rest::{RestConfig, RestSandbox};
use serde_json::{Value, json};
use tests::rig::{Ground, Rig};

use super::ground::{connected, real_clock, rest};

const CHILD: &str = "HEADWATER_TEST_HUB";
const OUTBOUND: [&str; 6] =
    ["after_blob", "after_intent", "before_call", "after_call", "before_outcome", "after_outcome"];
const INBOUND: [&str; 2] = ["before_page", "after_page"];

/// The hub as its own process: only does something when it is started by the tests below.
#[test]
fn hub_process() {
    let Some(order) = std::env::vars().find(|(name, _)| name == CHILD).map(|(_, order)| order) else {
        return;
    };
    let order: Value = serde_json::from_str(&order).unwrap();
    if let Some(point) = order["kill_at"].as_str() {
        let (hits, nth) = (AtomicU32::new(0), order["nth"].as_u64().unwrap());
        let scenario = fail::FailScenario::setup();
        fail::cfg_callback(point, move || {
            if u64::from(hits.fetch_add(1, Ordering::SeqCst)) + 1 == nth {
                std::process::abort();
            }
        })
        .unwrap();
        std::mem::forget(scenario);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work(&order));
}

async fn work(order: &Value) {
    let clock = real_clock();
    clock.advance(std::time::Duration::from_secs(order["later_s"].as_u64().unwrap()));
    let ground = Ground {
        folder: order["folder"].as_str().unwrap().into(),
        provider: "rest".to_owned(),
        provider_url: order["url"].as_str().unwrap().to_owned(),
        oauth: None,
        clock,
    };
    let rig = Rig::open(&ground).await.unwrap();
    rig.advance(30).await.unwrap();
}

fn run(ground: &Ground, later_s: u64, kill: Option<(&str, u64)>) -> ExitStatus {
    let order = json!({
        "folder": ground.folder, "url": ground.provider_url, "later_s": later_s,
        "kill_at": kill.map(|(point, _)| point), "nth": kill.map(|(_, nth)| nth),
    });
    let this = std::env::current_exe().unwrap();
    let test = "engine::kills::hub_process";
    let mut hub = Command::new(this);
    hub.args(["--exact", test, "--nocapture"]).env(CHILD, order.to_string());
    hub.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().unwrap()
}

/// What both sides hold, by business fields.
type Both = (BTreeMap<String, Value>, BTreeMap<String, Value>);

async fn outbound_ground() -> (tempfile::TempDir, RestSandbox, Ground, SyncConfigId) {
    let (folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    for number in 1..=3 {
        rig.put("customer", &format!("C-{number}"), json!({"name": format!("Customer {number}")}))
            .await
            .unwrap();
    }
    provider.faults.force_write(Fault::DropAfter, 1);
    (folder, provider, ground, config)
}

async fn both(ground: &Ground, provider: &RestSandbox, config: SyncConfigId) -> Both {
    let later = Ground { clock: real_clock(), ..ground.clone() };
    later.clock.advance(std::time::Duration::from_hours(2));
    let rig = Rig::open(&later).await.unwrap();
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

async fn killed_outbound(kill: Option<(&str, u64)>) -> (Both, bool) {
    let (_folder, provider, ground, config) = outbound_ground().await;
    let mut killed = false;
    if kill.is_some() {
        killed = !run(&ground, 60, kill).success();
    }
    assert!(run(&ground, 3_600, None).success());
    assert!(provider.duplicates().is_empty(), "{kill:?}: {:?}", provider.duplicates());
    assert!(provider.writes_per_key().values().all(|writes| *writes <= 2), "{kill:?}");
    (both(&ground, &provider, config).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_sending_the_end_is_the_same() {
    let (undisturbed, _) = killed_outbound(None).await;
    assert_eq!(undisturbed.1.len(), 3);
    for point in OUTBOUND {
        for nth in 1..=2 {
            let (end, killed) = killed_outbound(Some((point, nth))).await;
            assert!(killed || nth > 1, "{point} is never reached");
            assert_eq!(end, undisturbed, "killed at {point}, time {nth}");
        }
    }
}

async fn killed_inbound(kill: Option<(&str, u64)>) -> (Both, bool) {
    let (_folder, provider, ground) = rest(RestConfig { records: 1_200, ..RestConfig::default() }).await;
    let rig = Rig::open(&ground).await.unwrap();
    let integration = rig.connect(&[("api_key", "key-1")]).await.unwrap();
    let config =
        rig.config(integration, "customer", "customers", SyncConfigSettings::default()).await.unwrap();
    drop(rig);
    let mut killed = false;
    if kill.is_some() {
        killed = !run(&ground, 60, kill).success();
    }
    assert!(run(&ground, 3_600, None).success());
    assert_eq!(provider.stats()["writes"], json!(0), "what came in is not sent back");
    (both(&ground, &provider, config).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_reading_the_end_is_the_same() {
    let (undisturbed, _) = killed_inbound(None).await;
    assert_eq!(undisturbed.0.len(), 1_200);
    for point in INBOUND {
        for nth in 1..=2 {
            let (end, killed) = killed_inbound(Some((point, nth))).await;
            assert!(killed, "{point} is not reached {nth} times");
            assert_eq!(end, undisturbed, "killed at {point}, time {nth}");
        }
    }
}
