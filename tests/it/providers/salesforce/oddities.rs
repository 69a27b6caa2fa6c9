//! What is odd about Salesforce, each trap once.

use std::time::Duration;

use sandbox::faults::{Fault, FaultPlan};
use sandbox::salesforce::DuplicateRule;
use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::{Browsed, Org};

type OfOrg = Stage<Browsed>;

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

/// Nothing says when a session ends: the refusal does, and the refresh token is another one afterwards.
#[tokio::test]
async fn a_session_that_timed_out_is_refreshed_with_a_rotated_token() {
    let stage = OfOrg::connected(true, false).await;
    for round in 1..=2 {
        stage.there.org.expire_access_tokens();
        stage.put("C-1", Browsed::ours(&format!("Acme {round}"))).await;
        stage.rest().await;
        stage.pass(3).await;
        assert_eq!(stage.only().name, format!("Acme {round}"));
    }
    assert_eq!(stage.there.org.stats()["refreshes"], json!(2));
    stage.close();
}

/// No browser, no refresh token: a new assertion is signed for each session.
#[tokio::test]
async fn a_signed_assertion_connects_the_org_and_each_new_session() {
    let stage = Stage::<Org<true>>::connected(true, false).await;
    for round in 1..=2 {
        stage.put("C-1", Browsed::ours(&format!("Acme {round}"))).await;
        stage.rest().await;
        stage.pass(3).await;
        assert_eq!(stage.only().name, format!("Acme {round}"));
        stage.there.org.expire_access_tokens();
    }
    stage.close();
}

/// A 403 that says that the requests are used up is waited out; nobody is disconnected.
#[tokio::test]
async fn a_limit_told_as_403_disconnects_nobody() {
    let stage = OfOrg::connected(true, false).await;
    stage.there.faults().force_write(Fault::TooManyRequests, 1);
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    let shown = stage.hub.get(&format!("/v1/integrations/{}", stage.integration)).await.unwrap();
    assert_eq!(shown["connection_status"], json!("connected"), "{shown}");
    stage.pass(60).await;
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme", "synced"));
    stage.close();
}

/// A write that meets another one on the same row is done a little later.
#[tokio::test]
async fn a_locked_row_is_written_a_little_later() {
    let stage = OfOrg::connected(true, false).await;
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.there.org.lock_rows(2);
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(90).await;
    assert_eq!(stage.only().name, "Acme Ltd");
    stage.close();
}

/// Automation moves a record's stamp and nothing else: nothing is written back, and our next change is not stale.
#[tokio::test]
async fn a_stamp_moved_by_automation_means_nothing() {
    let stage = OfOrg::connected(true, false).await;
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    let id = stage.only().id;
    stage.there.org.advance_clock(5);
    stage.there.org.touch("Account", &id);
    stage.there.recorder().take();
    stage.pull("incremental").await;
    assert!(stage.there.recorder().take().iter().all(|one| !Browsed::is_write(one)));
    stage.put("C-1", json!({"name": "Acme Ltd"})).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme Ltd", "synced"));
    stage.close();
}

/// Queries are far behind: the upsert finds what a lost create made all the same.
#[tokio::test]
async fn a_lost_create_is_not_made_twice_although_queries_are_behind() {
    let stage = OfOrg::connected(true, false).await;
    stage.there.faults().set(FaultPlan { search_lag_ms: 3_000_000, ..FaultPlan::default() });
    stage.there.faults().force_write(Fault::DropAfter, 1);
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    for _ in 0..5 {
        stage.pass(60).await;
    }
    assert_eq!((stage.only().name.as_str(), stage.status("C-1").await.as_str()), ("Acme", "synced"));
    stage.close();
}

/// A rule of the org that finds a similar account stops ours, and says what to do.
#[tokio::test]
async fn a_duplicate_rule_of_the_org_is_shown() {
    let stage = OfOrg::connected(true, false).await;
    stage.there.org.set_duplicate_rule(DuplicateRule::Block);
    stage.there.create("Acme");
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(10).await;
    assert_eq!(stage.there.records().len(), 1);
    let pair = stage.pair("C-1").await;
    assert_ne!(pair["sync_status"], json!("synced"), "{pair}");
    assert!(pair.to_string().contains("duplicate rule"), "{pair}");
    stage.close();
}

/// Nobody reads for longer than the recycle bin keeps what was deleted: everything is read again. What was purged unread
/// is found gone when it is next written.
#[tokio::test]
async fn after_the_recycle_bin_everything_is_read_again() {
    let stage = OfOrg::connected(true, false).await;
    stage.put("C-1", Browsed::ours("Gone")).await;
    stage.rest().await;
    stage.pass(3).await;
    let (gone, kept) = (stage.only().id, stage.there.create("Kept"));
    stage.pull("incremental").await;
    assert_eq!(stage.pairs().await.len(), 2);
    stage.there.advance(5);
    stage.there.remove(&gone);
    stage.there.edit(&kept, Some("Kept And Renamed"), None);
    let weeks = 20 * 24 * 3600;
    stage.there.advance(weeks);
    stage.hub.advance(Duration::from_secs(weeks.into())).await.unwrap();
    stage.pull("incremental").await;
    let pair = stage.pair(&kept).await;
    let local = stage.local(pair["local_id"].as_str().unwrap()).await;
    assert_eq!(local["name"], json!("Kept And Renamed"));
    stage.put("C-1", json!({"website": "https://gone.example"})).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.status("C-1").await, "deleted");
    stage.close();
}

/// A connection with every object switched on, and the account of `C-1` there.
async fn everything() -> OfOrg {
    let stage = OfOrg::connected(true, false).await;
    for feature in ["contacts", "leads", "opportunities", "products"] {
        let path = stage.path(&format!("features/{feature}"));
        stage.hub.put(&path, json!({"enabled": true})).await.unwrap();
    }
    stage.put("C-1", Browsed::ours("Acme")).await;
    stage.rest().await;
    stage.pass(3).await;
    let contact = json!({"first_name": "Ada", "last_name": "Lee", "email": "ada@acme.example", "company": "C-1",
        "birthday": "1990-02-03", "address": {"line1": "1 High St", "city": "Leeds"}});
    let deal = json!({"name": "Deal", "stage": "Prospecting", "amount": "1234.50", "close_date": "2026-12-31",
        "company": "C-1"});
    let lead = json!({"last_name": "May", "company": "Beta", "status": "Working - Contacted"});
    let product = json!({"name": "Widget", "code": "W1", "active": true});
    for (record, fields) in
        [("contact/P-1", contact), ("lead/L-1", lead), ("deal/D-1", deal), ("product/W-1", product)]
    {
        stage.hub.put(&format!("{RECORDS}/{record}"), fields).await.unwrap();
    }
    stage.rest().await;
    stage.pass(10).await;
    stage
}

fn one(stage: &OfOrg, object: &str) -> Value {
    let all = stage.there.org.entities(object);
    assert_eq!(all.len(), 1, "{object}: {all:?}");
    all.into_iter().next().unwrap()
}

/// The other objects with their default mappings, and their references.
#[tokio::test]
async fn contacts_leads_opportunities_and_products_go_there() {
    let stage = everything().await;
    let account = stage.only().id;
    let contact = one(&stage, "Contact");
    assert_eq!((&contact["Name"], &contact["AccountId"]), (&json!("Ada Lee"), &json!(account)));
    assert_eq!((&contact["Birthdate"], &contact["MailingCity"]), (&json!("1990-02-03"), &json!("Leeds")));
    assert_eq!(one(&stage, "Lead")["Status"], json!("Working - Contacted"));
    let deal = one(&stage, "Opportunity");
    assert_eq!((&deal["Amount"], &deal["AccountId"]), (&json!(1234.5), &json!(account)));
    let product = one(&stage, "Product2");
    assert_eq!((&product["ProductCode"], &product["IsActive"]), (&json!("W1"), &json!(true)));
    stage.close();
}

/// And they come back.
#[tokio::test]
async fn contacts_opportunities_and_products_come_back() {
    let stage = everything().await;
    stage.there.advance(5);
    for (object, patch) in [
        ("Contact", json!({"Title": "CTO"})),
        ("Opportunity", json!({"StageName": "Closed Won"})),
        ("Product2", json!({"Description": "Blue"})),
    ] {
        let id = one(&stage, object)["Id"].as_str().unwrap().to_owned();
        stage.there.org.edit(object, &id, patch).unwrap();
    }
    stage.pull("incremental").await;
    for (record, field, wanted) in [
        ("contact/P-1", "job_title", "CTO"),
        ("deal/D-1", "stage", "Closed Won"),
        ("product/W-1", "description", "Blue"),
    ] {
        let shown = stage.hub.get(&format!("{RECORDS}/{record}")).await.unwrap();
        assert_eq!(shown["body"][field], json!(wanted), "{shown}");
    }
    stage.close();
}
