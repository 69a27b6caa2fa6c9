//! What is odd about NetSuite, each trap once.

use sandbox::faults::{Fault, FaultPlan};
use serde_json::json;

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::Signed;

type OfAccount = Stage<Signed>;

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

/// A background process moves a record's stamp and nothing else: nothing is written, and our next change is not stale.
#[tokio::test]
async fn a_stamp_moved_by_background_work_means_nothing() {
    let stage = OfAccount::connected(true, false).await;
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.there.advance(5);
    stage.there.account.touch("customer", &stage.only().id);
    stage.there.recorder().take();
    stage.pull("incremental").await;
    assert!(stage.there.recorder().take().iter().all(|one| !Signed::is_write(one)));
    stage.there.account.touch("customer", &stage.only().id);
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme Ltd", "synced"));
    stage.close();
}

/// An edit that meets somebody else's is read anew and written again.
#[tokio::test]
async fn an_edit_that_meets_another_is_written_after_reading_again() {
    let stage = OfAccount::connected(true, false).await;
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.there.account.collide(1);
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(30).await;
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme Ltd", "synced"));
    stage.close();
}

/// Two changes within one second of the provider's clock: stamps do not tell, contents do.
#[tokio::test]
async fn a_change_in_the_same_second_is_not_overwritten() {
    let stage = OfAccount::connected(true, false).await;
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.there.edit(&stage.only().id, None, Some("told meanwhile"));
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(30).await;
    let there = stage.only();
    assert_eq!((there.name.as_str(), there.theirs.as_deref()), ("Acme Ltd", Some("told meanwhile")));
    stage.pull("incremental").await;
    assert_eq!(stage.local("C-1").await["phone"], json!("told meanwhile"));
    stage.close();
}

/// Queries are far behind: reading by our own id finds what a lost create made all the same.
#[tokio::test]
async fn a_lost_create_is_not_made_twice_although_queries_are_behind() {
    let stage = OfAccount::connected(true, false).await;
    stage.there.faults().set(FaultPlan { search_lag_ms: 3_000_000, ..FaultPlan::default() });
    stage.there.faults().force_write(Fault::DropAfter, 1);
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    for _ in 0..5 {
        stage.pass(60).await;
    }
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme", "synced"));
    stage.close();
}

/// A name that another customer has.
#[tokio::test]
async fn a_name_in_use_is_shown_as_a_duplicate() {
    let stage = OfAccount::connected(true, false).await;
    let there = json!({"companyName": "Acme Holding", "entityId": "Acme", "subsidiary": {"id": "1"}});
    stage.there.account.create("customer", there).unwrap();
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(10).await;
    assert_eq!(stage.there.records().len(), 1);
    let pair = stage.pair("C-1").await;
    assert_ne!(pair["sync_status"], json!("synced"), "{pair}");
    assert!(pair.to_string().contains("link the two"), "{pair}");
    stage.close();
}

/// Rules of the account come under one code; the words tell what to do.
#[tokio::test]
async fn a_closed_period_is_told_with_what_to_do() {
    let stage = OfAccount::connected(true, false).await;
    for feature in ["services", "invoices"] {
        stage.hub.put(&stage.path(&format!("features/{feature}")), json!({"enabled": true})).await.unwrap();
    }
    stage.there.account.close_periods_until("2025-12-31");
    stage.put("C-1", Signed::ours("Acme")).await;
    stage
        .hub
        .put(&format!("{RECORDS}/product/S-1"), json!({"code": "HOUR", "name": "An hour"}))
        .await
        .unwrap();
    let invoice = json!({"number": "I-1", "customer": "C-1", "date": "2025-12-01",
        "lines": [{"line_id": "a", "product": "S-1", "quantity": "1", "unit_price": "1", "amount": "1.00"}]});
    stage.hub.put(&format!("{RECORDS}/invoice/I-1"), invoice).await.unwrap();
    stage.rest().await;
    stage.pass(15).await;
    assert_eq!(stage.there.account.count("invoice"), 0);
    let pair = stage.pair("I-1").await;
    assert!(pair.to_string().contains("a date in an open period"), "{pair}");
    stage.close();
}

/// A role that lost a permission stops what it is about, and says what to do; nobody is disconnected.
#[tokio::test]
async fn a_lost_permission_is_told_and_disconnects_nobody() {
    let stage = OfAccount::connected(true, false).await;
    stage.there.account.forbid("customer", true);
    stage.put("C-1", Signed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(10).await;
    let shown = stage.hub.get(&format!("/v1/integrations/{}", stage.integration)).await.unwrap();
    assert_eq!(shown["connection_status"], json!("connected"), "{shown}");
    let pair = stage.pair("C-1").await;
    assert!(pair.to_string().contains("Manage Roles"), "{pair}");
    stage.close();
}
