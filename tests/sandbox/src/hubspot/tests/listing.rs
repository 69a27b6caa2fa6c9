//! Lists.

use serde_json::{Value, json};

use super::desk::Desk;

#[tokio::test]
async fn pages_end_when_paging_is_missing() {
    let desk = Desk::open().await;
    for number in 0..25 {
        desk.contact(&format!("c{number}@example.com"));
    }
    let mut path = "/crm/v3/objects/contacts?limit=10".to_owned();
    let mut seen = 0;
    loop {
        let (_, page) = desk.get(&path).await;
        seen += page["results"].as_array().unwrap().len();
        match page["paging"]["next"]["after"].as_str() {
            Some(after) => path = format!("/crm/v3/objects/contacts?limit=10&after={after}"),
            None => break,
        }
    }
    assert_eq!(seen, 25);
    let (_, page) = desk.get("/crm/v3/objects/contacts").await;
    assert_eq!(page["results"].as_array().unwrap().len(), 10, "ten unless told");
    for wrong in ["limit=101", "limit=0", "limit=x", "after=x"] {
        assert_eq!(desk.get(&format!("/crm/v3/objects/contacts?{wrong}")).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn lists_do_not_lag() {
    let desk = Desk::open().await;
    let faults = crate::faults::FaultPlan { search_lag_ms: 60_000, ..Default::default() };
    desk.sandbox.faults.set(faults);
    desk.contact("ann@example.com");
    let (_, page) = desk.get("/crm/v3/objects/contacts?properties=firstname").await;
    assert_eq!(page["results"][0]["properties"]["firstname"], "Ann");
}

#[tokio::test]
async fn owners_and_the_account_are_there() {
    let desk = Desk::open().await;
    let (_, owners) = desk.get("/crm/v3/owners?email=olive@example.com").await;
    assert_eq!(owners["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.get("/crm/v3/owners/102").await.1["email"], "omar@example.com");
    let (_, account) = desk.get("/account-info/v3/details").await;
    assert_eq!(account["portalId"], json!(desk.sandbox.portal_id));
    assert_eq!(account["timeZone"], Value::from("UTC"));
}
