//! Killed while sending to QuickBooks, and while a webhook of it is acted on.

use std::collections::BTreeMap;

use domain::value::SyncStatus;
use sandbox::faults::Fault;
use sandbox::quickbooks::{QuickBooksConfig, QuickBooksSandbox, RequestIds};
use serde_json::{Value, json};
use tests::rig::{Ground, Rig};

use super::hub_process::{Kill, Task, much_later, run};
use super::{INBOUND, OUTBOUND};
use crate::engine::delivery::{VERIFIER, deliver, keep_verifier};
use crate::engine::ground::{Configs, books, connected_books};

/// Points of acting on a webhook, before and after what it causes.
const WEBHOOK: [&str; 3] = ["before_webhook_reads", "after_webhook_reads", "after_webhook"];

fn config(request_id: RequestIds) -> QuickBooksConfig {
    QuickBooksConfig { request_id, verifier_token: VERIFIER.to_owned(), ..QuickBooksConfig::unlimited() }
}

fn invoice() -> Value {
    json!({
        "number": "1001", "customer": "C-1", "date": "2026-11-20",
        "lines": [{"line_id": "1", "product": "P-1", "quantity": 2, "unit_price": "2.55", "amount": "5.10"}],
    })
}

/// What both sides hold, by business fields.
async fn both(ground: &Ground, books: &QuickBooksSandbox, configs: &Configs) -> BTreeMap<String, Value> {
    let rig = Rig::open(&much_later(ground)).await.unwrap();
    let mut all = BTreeMap::new();
    for (config, entity, id) in [
        (configs.customers, "customer", "C-1"),
        (configs.items, "product", "P-1"),
        (configs.invoices, "invoice", "I-1"),
    ] {
        let status = rig.status(config, &books.realm_id, id).await.unwrap();
        let ours = rig.local(entity, id).await.unwrap();
        let ours = json!([ours.get("name"), ours.get("phone"), ours.get("number"), ours.get("total")]);
        all.insert(format!("here: {entity} {id}"), json!([status, ours]));
    }
    for (entity, key) in [("Customer", "DisplayName"), ("Item", "Name"), ("Invoice", "DocNumber")] {
        for record in books.entities(entity) {
            let phone = &record["PrimaryPhone"]["FreeFormNumber"];
            all.insert(format!("there: {entity} {}", record[key]), json!([record["TotalAmt"], phone]));
        }
    }
    all
}

async fn put_all(rig: &Rig) {
    rig.put("customer", "C-1", json!({"name": "Ada", "phone": "1"})).await.unwrap();
    rig.put("product", "P-1", json!({"code": "LAMP", "name": "Lamp", "unit_price": "2.55"})).await.unwrap();
    rig.put("invoice", "I-1", invoice()).await.unwrap();
}

async fn killed_sending(request_id: RequestIds, kill: Kill<'_>) -> (BTreeMap<String, Value>, bool) {
    let (_folder, books, ground) = books(config(request_id)).await;
    let (rig, configs) = connected_books(&ground).await;
    put_all(&rig).await;
    drop(rig);
    books.faults.force_write(Fault::DropAfter, 1);
    let killed = kill.is_some() && !run(&ground, 60, &Task::Work, kill).success();
    assert!(run(&ground, 1_200, &Task::Work, None).success(), "{kill:?}");
    assert_eq!(books.duplicates(), 0, "{kill:?}");
    (both(&ground, &books, &configs).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_sending_to_quickbooks_the_end_is_the_same() {
    for request_id in [RequestIds::Honoured, RequestIds::Ignored] {
        let (undisturbed, _) = killed_sending(request_id, None).await;
        assert_eq!(undisturbed.len(), 6, "{undisturbed:?}");
        assert_eq!(undisturbed["here: invoice I-1"][0], json!(SyncStatus::Synced), "{undisturbed:?}");
        for point in OUTBOUND {
            let (end, killed) = killed_sending(request_id, Some((point, 1))).await;
            assert!(killed, "{point} is never reached");
            assert_eq!(end, undisturbed, "{request_id:?}, killed at {point}");
        }
    }
}

async fn killed_acting_on_a_webhook(kill: Kill<'_>) -> (BTreeMap<String, Value>, bool) {
    let (_folder, books, ground) = books(config(RequestIds::Honoured)).await;
    let (rig, configs) = connected_books(&ground).await;
    keep_verifier(&rig).await;
    put_all(&rig).await;
    rig.idle().await.unwrap();
    let id = books.entities("Customer")[0]["Id"].as_str().unwrap().to_owned();
    books.edit("Customer", &id, json!({"PrimaryPhone": {"FreeFormNumber": "2"}})).unwrap();
    deliver(&rig, &books, ("evt-1", "updated", &id)).await;
    drop(rig);
    let killed = kill.is_some() && !run(&ground, 60, &Task::Work, kill).success();
    // Before the next scheduled run, which would find the change by itself.
    assert!(run(&ground, 600, &Task::Work, None).success(), "{kill:?}");
    (both(&ground, &books, &configs).await, killed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_acting_on_a_webhook_the_end_is_the_same() {
    let (undisturbed, _) = killed_acting_on_a_webhook(None).await;
    assert_eq!(undisturbed["here: customer C-1"][1][1], json!("2"), "the change arrived: {undisturbed:?}");
    for point in WEBHOOK.iter().chain(&INBOUND) {
        let (end, killed) = killed_acting_on_a_webhook(Some((point, 1))).await;
        assert!(killed, "{point} is never reached");
        assert_eq!(end, undisturbed, "killed at {point}");
    }
}
