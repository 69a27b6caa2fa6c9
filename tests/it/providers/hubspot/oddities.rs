//! What is odd about HubSpot, each trap once.

use std::sync::atomic::Ordering;

use sandbox::faults::FaultPlan;
use serde_json::{Value, json};

use super::super::stage::{Stage, outside, shortly};
use super::super::stand::Stand as _;
use super::{Portal, text};

type OfPortal = Stage<Portal>;

const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

async fn with_feature(feature: &str) -> OfPortal {
    let stage = OfPortal::connected(true, false).await;
    switch_on(&stage, feature).await;
    stage
}

async fn switch_on(stage: &OfPortal, feature: &str) {
    stage.hub.put(&stage.path(&format!("features/{feature}")), json!({"enabled": true})).await.unwrap();
    stage.rest().await;
}

async fn put(stage: &OfPortal, entity: &str, id: &str, fields: Value) {
    stage.hub.put(&format!("{RECORDS}/{entity}/{id}"), fields).await.unwrap();
    stage.rest().await;
    stage.pass(15).await;
}

fn property(stage: &OfPortal, kind: &str, id: &str, name: &str) -> Value {
    stage.there.hubspot.get(kind, id).unwrap()["properties"][name].clone()
}

fn only_id(stage: &OfPortal, kind: &str) -> String {
    let all = stage.there.hubspot.entities(kind);
    assert_eq!(all.len(), 1, "{all:?}");
    text(&all[0]["id"]).unwrap()
}

/// A private app has a token that does not end, and one account.
#[tokio::test]
async fn a_private_app_is_connected_by_its_token() {
    let mut stage = OfPortal::apart(true, false).await;
    stage.there.private.store(true, Ordering::Relaxed);
    stage.connect().await;
    stage.rest().await;
    stage.put("C-1", Portal::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Ada", "synced"));
    stage.close();
}

/// Half an hour, and it is refreshed; so it is when it is refused before.
#[tokio::test]
async fn a_token_of_half_an_hour_is_refreshed() {
    let stage = OfPortal::connected(true, false).await;
    stage.there.hubspot.expire_access_tokens();
    stage.put("C-1", Portal::ours("Ada")).await;
    stage.rest().await;
    stage.pass(30).await;
    assert_eq!(stage.status("C-1").await, "synced");
    assert!(stage.there.hubspot.stats()["refreshes"].as_u64() > Some(0));
    stage.close();
}

/// Without the property that carries our reference nothing is created, and a person is told what to do.
#[tokio::test]
async fn an_account_without_our_property_takes_no_record_until_it_has_it() {
    let stage = OfPortal::connected(true, false).await;
    let url = format!("{}/crm/properties/2026-03/companies/headwater_id", stage.there.base_url());
    let gone = outside().delete(url).bearer_auth(stage.there.hubspot.private_app_token()).send();
    assert!(gone.await.unwrap().status().is_success());
    stage.put("C-1", Portal::ours("Ada")).await;
    stage.rest().await;
    stage.pass(30).await;
    let pair = stage.pair("C-1").await;
    assert_eq!(pair["sync_status"], json!("error"), "{pair}");
    assert!(pair.to_string().contains("create the property `headwater_id`"), "{pair}");
    assert!(stage.there.records().is_empty());
    let property = json!({
        "name": "headwater_id", "label": "Headwater reference", "type": "string", "fieldType": "text",
        "groupName": "companyinformation", "hasUniqueValue": true,
    });
    stage.there.call("/crm/properties/2026-03/companies", &property).await;
    stage.put("C-1", json!({"notes": "again"})).await;
    stage.rest().await;
    stage.pass(30).await;
    assert_eq!(stage.only().ours.as_deref(), Some("again"));
    stage.close();
}

/// An import stamps them all alike: pages go on by id where the moment is the same.
#[tokio::test]
async fn more_changes_of_one_millisecond_than_a_page_holds_are_all_read() {
    let stage = OfPortal::connected(true, false).await;
    stage.there.silence().await;
    stage.there.advance(5);
    for number in 0..430 {
        stage.there.create(&format!("Import {number:04}"));
    }
    stage.pull("incremental").await;
    stage.pass(5).await;
    assert_eq!(stage.pairs().await.len(), 430);
    stage.close();
}

/// The index still shows what was before our own change: that is no change of theirs.
#[tokio::test]
async fn a_late_index_takes_nothing_back() {
    let stage = OfPortal::connected(true, false).await;
    stage.put("C-1", Portal::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.pull("incremental").await;
    stage.there.faults().set(FaultPlan { search_lag_ms: 60_000, ..FaultPlan::default() });
    stage.put("C-1", json!({"name": "Ada Lovelace"})).await;
    stage.rest().await;
    stage.pass(5).await;
    assert_eq!(stage.only().name, "Ada Lovelace");
    stage.pull("incremental").await;
    stage.pass(10).await;
    assert_eq!(stage.local("C-1").await["name"], json!("Ada Lovelace"));
    assert_eq!(stage.only().name, "Ada Lovelace");
    stage.there.silence().await;
    stage.there.edit(&stage.only().id, None, Some("late"));
    stage.pull("incremental").await;
    stage.pass(90).await;
    stage.pull("incremental").await;
    assert_eq!(stage.local("C-1").await["phone"], json!("late"), "the overlap finds it");
    stage.close();
}

/// Only what is asked for comes back: a property that is not synced is never wiped, one that is cleared is.
#[tokio::test]
async fn what_is_not_synced_stays_and_what_is_cleared_is_cleared() {
    let stage = OfPortal::connected(true, false).await;
    stage.put("C-1", json!({"name": "Ada", "notes": "old"})).await;
    stage.rest().await;
    stage.pass(3).await;
    let id = stage.only().id;
    stage.there.hubspot.edit("companies", &id, json!({"lifecyclestage": "lead"})).unwrap();
    stage.pull("incremental").await;
    stage.put("C-1", json!({"notes": null, "employee_count": 12, "annual_revenue": "1500.50"})).await;
    stage.rest().await;
    stage.pass(15).await;
    assert_eq!(property(&stage, "companies", &id, "lifecyclestage"), json!("lead"));
    assert_eq!(property(&stage, "companies", &id, "name"), json!("Ada"));
    assert_eq!(property(&stage, "companies", &id, "description"), Value::Null);
    assert_eq!(property(&stage, "companies", &id, "numberofemployees"), json!("12"));
    assert_eq!(property(&stage, "companies", &id, "annualrevenue"), json!("1500.50"));
    stage.close();
}

/// One contact for an address: ours is refused, and there is no second one.
#[tokio::test]
async fn an_address_in_use_is_a_duplicate() {
    let stage = with_feature("contacts").await;
    stage.there.silence().await;
    stage.there.hubspot.create("contacts", json!({"email": "ada@example.com", "lastname": "King"})).unwrap();
    put(&stage, "contact", "P-1", json!({"last_name": "Lovelace", "email": "ada@example.com"})).await;
    let pair = stage.pair("P-1").await;
    assert_ne!(pair["sync_status"], json!("synced"), "{pair}");
    let id = only_id(&stage, "contacts");
    assert_eq!(property(&stage, "contacts", &id, "lastname"), json!("King"), "nothing is overwritten");
    stage.close();
}

/// A contact is linked to its company when it is made; a later change of the link is refused, not lost.
#[tokio::test]
async fn a_contact_is_made_with_its_company() {
    let stage = with_feature("contacts").await;
    stage.put("C-1", Portal::ours("Engines")).await;
    stage.put("C-2", Portal::ours("Looms")).await;
    stage.rest().await;
    put(
        &stage,
        "contact",
        "P-1",
        json!({"last_name": "Lovelace", "email": "ada@example.com", "company": "C-1"}),
    )
    .await;
    assert_eq!(stage.status("P-1").await, "synced", "{}", stage.pair("P-1").await);
    let (id, company) = (only_id(&stage, "contacts"), stage.pair("C-1").await["remote_id"].clone());
    assert_eq!(property(&stage, "contacts", &id, "associatedcompanyid"), company);
    put(&stage, "contact", "P-1", json!({"phone": "123"})).await;
    assert_eq!(property(&stage, "contacts", &id, "phone"), json!("123"));
    assert_eq!(stage.status("P-1").await, "synced", "{}", stage.pair("P-1").await);
    put(&stage, "contact", "P-1", json!({"company": "C-2"})).await;
    let pair = stage.pair("P-1").await;
    assert_eq!(pair["sync_status"], json!("error"), "{pair}");
    assert!(pair.to_string().contains("is not changed by an update"), "{pair}");
    stage.close();
}

/// A contact erased for privacy is in no list of archived ones: the webhook alone tells.
#[tokio::test]
async fn a_contact_erased_for_privacy_is_seen_by_webhook() {
    let stage = with_feature("contacts").await;
    put(&stage, "contact", "P-1", json!({"last_name": "Lovelace", "email": "ada@example.com"})).await;
    let id = only_id(&stage, "contacts");
    let url = format!("{}/crm/objects/2026-03/contacts/gdpr-delete", stage.there.base_url());
    let body = json!({ "objectId": id }).to_string();
    let token = stage.there.hubspot.private_app_token();
    let sent = outside().post(url).bearer_auth(token).header("content-type", "application/json");
    assert!(sent.body(body).send().await.unwrap().status().is_success());
    let gone = async |stage: &OfPortal| stage.status("P-1").await == "deleted";
    stage.until("the webhook", gone).await;
    stage.close();
}

/// The id of a merged company answers with the one it went into: what is written for the one must not reach the other.
#[tokio::test]
async fn a_merged_company_is_gone_and_its_heir_untouched() {
    let stage = OfPortal::connected(true, false).await;
    stage.put("C-1", Portal::ours("Stays")).await;
    stage.put("C-2", Portal::ours("Goes")).await;
    stage.rest().await;
    stage.pass(3).await;
    let id = async |local: &str| text(&stage.pair(local).await["remote_id"]).unwrap();
    let (winner, loser) = (id("C-1").await, id("C-2").await);
    stage.there.advance(5);
    stage.there.hubspot.merge("companies", &winner, &loser).unwrap();
    stage.put("C-2", json!({"name": "Goes On"})).await;
    stage.rest().await;
    stage.pass(30).await;
    assert_eq!(stage.only().name, "Stays");
    assert_ne!(stage.status("C-2").await, "synced", "{}", stage.pair("C-2").await);
    stage.close();
}

/// While an account is moved, every call is answered 477 with how long that will take.
#[tokio::test]
async fn a_moving_account_is_waited_for() {
    let stage = OfPortal::connected(true, false).await;
    stage.there.hubspot.set_migrating(Some(120));
    stage.put("C-1", Portal::ours("Ada")).await;
    stage.rest().await;
    stage.pass(60).await;
    assert!(stage.there.records().is_empty());
    stage.there.hubspot.set_migrating(None);
    stage.pass(120).await;
    assert_eq!(stage.only().name, "Ada");
    stage.close();
}

/// A deal has its company, its contact and a stage; a subscription becomes one.
#[tokio::test]
async fn deals_and_subscriptions_go_out() {
    let stage = with_feature("contacts").await;
    switch_on(&stage, "deals").await;
    stage.put("C-1", Portal::ours("Engines")).await;
    stage.rest().await;
    put(&stage, "contact", "P-1", json!({"last_name": "Lovelace", "email": "ada@example.com"})).await;
    let deal = json!({
        "name": "Engine", "amount": "1500.00", "close_date": "2026-03-01", "company": "C-1", "contact": "P-1",
    });
    put(&stage, "deal", "D-1", deal).await;
    let pair = stage.pair("D-1").await;
    assert_eq!(pair["sync_status"], json!("synced"), "{pair}");
    let id = only_id(&stage, "deals");
    assert_eq!(property(&stage, "deals", &id, "amount"), json!("1500.00"));
    assert_eq!(property(&stage, "deals", &id, "dealstage"), json!("appointmentscheduled"));
    assert_eq!(property(&stage, "deals", &id, "closedate"), json!("2026-03-01T00:00:00.000Z"));
    let company = stage.pair("C-1").await["remote_id"].clone();
    assert_eq!(property(&stage, "deals", &id, "hs_primary_associated_company"), company);
    let linked = "/crm/v4/associations/deals/contacts/batch/read";
    let linked = stage.there.call(linked, &json!({"inputs": [{"id": id}]})).await;
    assert_eq!(linked["results"][0]["to"].as_array().map(Vec::len), Some(1), "{linked}");
    put(&stage, "deal", "D-1", json!({"stage": "contractsent"})).await;
    assert_eq!(property(&stage, "deals", &id, "dealstage"), json!("contractsent"));
    assert_eq!(stage.status("D-1").await, "synced", "{}", stage.pair("D-1").await);
    switch_on(&stage, "subscriptions").await;
    put(&stage, "subscription", "S-1", json!({"number": "S-1", "customer": "X", "amount": "10"})).await;
    assert_eq!(stage.there.hubspot.count("deals"), 2);
    stage.close();
}

/// Deliveries by others and old ones change nothing; the same one twice is one.
#[tokio::test]
async fn forged_webhooks_are_turned_away() {
    let stage = OfPortal::connected(true, false).await;
    let faults = FaultPlan { webhook_forged: 1.0, webhook_duplicate: 1.0, ..FaultPlan::default() };
    stage.there.faults().set(faults);
    let born = stage.there.create("Born There");
    let known =
        async |stage: &OfPortal| stage.pairs().await.iter().any(|pair| pair["remote_id"] == json!(born));
    stage.until("the webhook", known).await;
    let refused = |outcome: &sandbox::kit::poster::Outcome| outcome.forged && outcome.status == Some(401);
    shortly("the forged webhook was not refused", || {
        stage.there.hubspot.webhook_outcomes().iter().any(refused)
    })
    .await;
    assert_eq!(stage.pairs().await.len(), 1);
    stage.close();
}

/// Custom properties are found out, and one that is mapped is read and written like any other.
#[tokio::test]
async fn a_custom_property_is_found_and_mapped() {
    let stage = OfPortal::connected(true, false).await;
    let drink = json!({"name": "favourite_drink", "label": "Favourite drink", "type": "string", "fieldType": "text",
        "groupName": "companyinformation"});
    stage.there.call("/crm/properties/2026-03/companies", &drink).await;
    let plain = stage.hub.get(&stage.path("fields/remote?entity=Company")).await.unwrap();
    let all = stage.hub.get(&stage.path("fields/remote?entity=Company&own=true")).await.unwrap();
    let found = |list: &Value| {
        list["items"].as_array().unwrap().iter().any(|one| one["path"] == json!("favourite_drink"))
    };
    assert!(!found(&plain) && found(&all), "{all}");
    let configs = stage.hub.get(&stage.path("sync/config")).await.unwrap();
    let config =
        configs["items"].as_array().unwrap().iter().find(|one| one["remote_entity"] == json!("Company"));
    let mapping = json!({"sync_config_id": config.unwrap()["id"], "local_field": "custom_fields.drink", "remote_field": "favourite_drink"});
    stage.hub.post(&stage.path("mappings"), mapping).await.unwrap();
    stage.rest().await;
    let ours = json!({"custom_fields": {"drink": "tea"}, "name": "Ada"});
    put(&stage, "company", "C-1", ours).await;
    let id = only_id(&stage, "companies");
    assert_eq!(property(&stage, "companies", &id, "favourite_drink"), json!("tea"));
    stage.there.advance(5);
    stage.there.hubspot.edit("companies", &id, json!({"favourite_drink": "coffee"})).unwrap();
    stage.pull("incremental").await;
    assert_eq!(stage.local("C-1").await["custom_fields"]["drink"], json!("coffee"));
    stage.close();
}
