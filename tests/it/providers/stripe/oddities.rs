//! What is odd about Stripe, each trap once.

use sandbox::faults::{Fault, FaultPlan};
use serde_json::json;

use super::super::stage::{Stage, shortly};
use super::super::stand::Stand as _;
use super::{Account, RESTRICTED};

type OfAccount = Stage<Account>;

/// The first answer of a key is given again for a day, a 500 too: a create that surely was not done goes out under
/// another key.
#[tokio::test]
async fn a_stored_failure_is_got_past_with_a_new_key() {
    let stage = OfAccount::connected(true, false).await;
    stage.there.faults().force_write(Fault::ServerError, 1);
    stage.put("C-1", Account::ours("Ada")).await;
    stage.rest().await;
    for _ in 0..12 {
        stage.pass(60).await;
    }
    assert_eq!(stage.status("C-1").await, "synced");
    assert_eq!(stage.only().name, "Ada");
    assert!(stage.there.stripe.stats()["replays"].as_u64() > Some(0), "the failure was stored");
    stage.close();
}

/// The index is behind for longer than anybody waits: the key answers with what was made.
#[tokio::test]
async fn a_lost_create_is_not_made_twice_although_searches_are_far_behind() {
    let stage = OfAccount::connected(true, false).await;
    stage.there.faults().set(FaultPlan { search_lag_ms: 3_000_000, ..FaultPlan::default() });
    stage.there.faults().force_write(Fault::DropAfter, 1);
    stage.put("C-1", Account::ours("Ada")).await;
    stage.rest().await;
    for _ in 0..5 {
        stage.pass(60).await;
    }
    assert_eq!(stage.status("C-1").await, "synced");
    assert_eq!(stage.only().name, "Ada");
    stage.close();
}

/// An address is replaced as a whole, so it is sent as a whole.
#[tokio::test]
async fn a_changed_line_of_an_address_leaves_the_others() {
    let stage = OfAccount::connected(true, false).await;
    let address = json!({"line1": "1 Old Road", "city": "London", "country": "GB"});
    stage.put("C-1", json!({"name": "Ada", "address": address})).await;
    stage.rest().await;
    stage.pass(3).await;
    let address = json!({"line1": "2 New Road", "city": "London", "country": "GB"});
    stage.put("C-1", json!({"address": address, "notes": "moved"})).await;
    stage.rest().await;
    stage.pass(3).await;
    let there = stage.there.stripe.get("customer", &stage.only().id).unwrap();
    assert_eq!(there["address"]["line1"], json!("2 New Road"));
    assert_eq!(there["address"]["city"], json!("London"));
    stage.put("C-1", json!({"notes": null})).await;
    stage.rest().await;
    stage.pass(3).await;
    let there = stage.there.stripe.get("customer", &stage.only().id).unwrap();
    assert_eq!(
        (&there["description"], &there["name"]),
        (&json!(null), &json!("Ada")),
        "unset by an empty value"
    );
    stage.close();
}

/// Nobody reads for more than 30 days: the events are gone, and everything is read again.
#[tokio::test]
async fn after_a_month_everything_is_read_again() {
    let stage = OfAccount::connected(true, false).await;
    let id = stage.there.create("Ada");
    stage.pull("incremental").await;
    stage.there.edit(&id, Some("Renamed Long Ago"), None);
    let month = 40 * 24 * 3600;
    stage.there.advance(month);
    stage.hub.advance(std::time::Duration::from_secs(month.into())).await.unwrap();
    stage.pull("incremental").await;
    let pair = stage.pair(&id).await;
    let local = stage.local(pair["local_id"].as_str().unwrap()).await;
    assert_eq!(local["name"], json!("Renamed Long Ago"));
    stage.close();
}

/// A key that may only customers: they flow, and what is missing is said.
#[tokio::test]
async fn a_restricted_key_does_what_it_may() {
    let mut stage = OfAccount::apart(true, false).await;
    RESTRICTED.clone_into(&mut stage.there.entered().key);
    stage.connect().await;
    stage.rest().await;
    stage.put("C-1", Account::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.status("C-1").await, "synced");
    assert_eq!(stage.there.stripe.count("webhook_endpoint"), 0, "the key may not register one");
    let born = stage.there.create("Born There");
    stage.pull("incremental").await;
    assert_eq!(stage.status(&born).await, "synced");
    stage.close();
}

/// A platform's key with the account's header works on that account's records.
#[tokio::test]
async fn a_platform_works_for_a_connected_account() {
    let mut stage = OfAccount::apart(true, false).await;
    stage.there.stripe.connect("acct_1Tenant");
    stage.there.entered().settings = json!({"account": "acct_1Tenant"});
    let made = stage.there.stripe.create_for("acct_1Tenant", "customer", &json!({"name": "Theirs"})).unwrap();
    stage.there.create("Of The Platform");
    stage.connect().await;
    stage.rest().await;
    stage.pass(5).await;
    let pairs = stage.pairs().await;
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(pairs[0]["remote_id"], made["id"]);
    stage.close();
}

/// Another request holds the object for a moment: the update waits and arrives.
#[tokio::test]
async fn a_locked_customer_is_updated_a_little_later() {
    let stage = OfAccount::connected(true, false).await;
    stage.put("C-1", Account::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.there.stripe.lock(&stage.only().id, 2);
    stage.put("C-1", json!({"name": "Ada Lovelace"})).await;
    stage.rest().await;
    stage.pass(90).await;
    assert_eq!(stage.only().name, "Ada Lovelace");
    stage.close();
}

/// The secret is rolled: while both sign, deliveries are taken; forged and repeated ones change nothing.
#[tokio::test]
async fn a_rolled_secret_signs_along_and_forgeries_are_turned_away() {
    let stage = OfAccount::connected(true, false).await;
    let endpoints = stage.there.stripe.entities("webhook_endpoint");
    assert_eq!(endpoints.len(), 1, "{endpoints:?}");
    assert_eq!(endpoints[0]["api_version"], json!("2025-09-30.clover"), "the endpoint is pinned too");
    stage.there.stripe.roll_secret(endpoints[0]["id"].as_str().unwrap(), 3600).unwrap();
    let faults = FaultPlan { webhook_forged: 1.0, webhook_duplicate: 1.0, ..FaultPlan::default() };
    stage.there.faults().set(faults);
    let born = stage.there.create("Born There");
    let known =
        async |stage: &OfAccount| stage.pairs().await.iter().any(|pair| pair["remote_id"] == json!(born));
    stage.until("the webhook", known).await;
    let refused = |outcome: &sandbox::kit::poster::Outcome| outcome.forged && outcome.status == Some(401);
    shortly("the forged webhook was not refused", || stage.there.stripe.outcomes().iter().any(refused)).await;
    assert_eq!(stage.pairs().await.len(), 1);
    stage.close();
}

/// An account may have customers that are known by their mail only.
#[tokio::test]
async fn a_customer_without_a_name_comes_in() {
    let stage = OfAccount::connected(true, false).await;
    let made = stage.there.stripe.create("customer", json!({"email": "ada@example.com"})).unwrap();
    stage.pull("incremental").await;
    let pair = stage.pair(made["id"].as_str().unwrap()).await;
    assert_eq!(pair["sync_status"], json!("synced"), "{pair}");
    let local = stage.local(pair["local_id"].as_str().unwrap()).await;
    assert_eq!(local["email"], json!("ada@example.com"));
    stage.close();
}
