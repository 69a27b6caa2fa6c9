//! Calls of one company go on side by side: a slow one holds nobody, and what was read before a write is not taken for
//! a change that came after it.

use std::time::Duration;

use application::command_handlers::SyncConfigSettings;
use domain::ids::SyncConfigId;
use domain::value::SyncStatus;
use sandbox::faults::{Fault, FaultPlan};
use sandbox::rest::RestConfig;
use serde_json::json;
use tests::rig::Rig;

use super::ground::{connected, rest};

const RECORDS: usize = 60;

/// Customers by status.
async fn synced(rig: &Rig, config: SyncConfigId) -> usize {
    let mut count = 0;
    for number in 0..RECORDS {
        let status = rig.status(config, "-", &format!("C-{number}")).await.unwrap();
        count += usize::from(status == SyncStatus::Synced);
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_call_holds_nobody_else() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    provider.faults.set(FaultPlan { slow_ms: 1_800, ..FaultPlan::default() });
    provider.faults.force_write(Fault::Slow, 1);
    for number in 0..RECORDS {
        rig.put("customer", &format!("C-{number}"), json!({"name": format!("Customer {number}")}))
            .await
            .unwrap();
    }
    let began = tokio::time::Instant::now();
    let others = async {
        loop {
            let count = synced(&rig, config).await;
            if count >= RECORDS - 1 {
                return (count, began.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (idle, (count, took)) = tokio::join!(rig.idle(), others);
    idle.unwrap();
    assert_eq!(count, RECORDS - 1, "the others were in step after {took:?}, and the slow one was not");
    assert!(began.elapsed() >= Duration::from_millis(1_800), "the slow one was waited for");
    assert_eq!(synced(&rig, config).await, RECORDS, "and recorded in its turn");
    assert_eq!(provider.records("customers").len(), RECORDS);
}

#[tokio::test]
async fn what_was_read_before_a_write_is_not_a_change_after_it() {
    let (_folder, provider, ground) = rest(RestConfig { versions: true, ..RestConfig::default() }).await;
    let (rig, config) = connected(&ground, SyncConfigSettings::default()).await;
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    rig.idle().await.unwrap();
    let id = provider.records("customers")[0]["id"].as_str().unwrap().to_owned();
    let (routes, context) = rig.engine.context(config).await.unwrap();
    let connection = rig.engine.ports.connectors.open(&context.target).unwrap();
    let since = rig.head().await.unwrap();
    let read = connection.read("customers", &id).await.unwrap().unwrap();
    // While that was on its way, a change of ours was sent and confirmed.
    rig.put("customer", "C-1", json!({"phone": "2"})).await.unwrap();
    rig.idle().await.unwrap();
    let taken = rig.engine.take(&routes, &context, (&[read], since), |_| None).await.unwrap();
    assert_eq!(taken.later, std::slice::from_ref(&id), "it is read again");
    assert_eq!(rig.local("customer", "C-1").await.unwrap()["phone"], json!("2"));
    let since = rig.head().await.unwrap();
    let read = connection.read("customers", &id).await.unwrap().unwrap();
    let taken = rig.engine.take(&routes, &context, (&[read], since), |_| None).await.unwrap();
    assert_eq!((taken.later.len(), taken.counts.skipped), (0, 1), "read now, it is what we wrote");
}
