//! Faults on top of the account.

use serde_json::json;

use super::desk::{Desk, parts};
use crate::faults::{Fault, FaultPlan};
use crate::hubspot::HubSpotConfig;

#[tokio::test]
async fn each_fault_has_the_providers_body() {
    let faults = FaultPlan { retry_after_s: Some(10), ..FaultPlan::default() };
    let desk = Desk::with(HubSpotConfig { faults, ..HubSpotConfig::unlimited() }).await;
    let body = json!({"properties": {"email": "ann@example.com"}});
    let create = async || desk.send("POST", "/crm/v3/objects/contacts", Some(&body)).await;
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let throttled = create().await.unwrap();
    assert_eq!(
        (throttled.status().as_u16(), &throttled.headers()["retry-after"]),
        (429, &"10".parse().unwrap())
    );
    desk.sandbox.faults.force_write(Fault::ServerError, 1);
    let (status, answer) = parts(create().await.unwrap()).await;
    assert_eq!((status, &answer["status"]), (500, &json!("error")));
    desk.sandbox.faults.force_write(Fault::Html, 1);
    assert_eq!(create().await.unwrap().status(), 200);
    assert_eq!(desk.sandbox.count("contacts"), 0, "nothing was committed so far");
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    assert!(create().await.is_err());
    assert_eq!(desk.sandbox.count("contacts"), 1, "committed though never heard of");
    assert_eq!(create().await.unwrap().status(), 409, "the email tells");
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    assert_eq!(desk.post("/crm/v3/objects/contacts/search", json!({})).await.0, 200, "a search is no write");
    assert_eq!(desk.sandbox.stats()["faults_sent"], 4);
}
