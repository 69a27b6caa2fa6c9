//! Faults on top of the books.

use serde_json::json;

use super::desk::{Desk, code};
use crate::faults::{Fault, FaultPlan};
use crate::quickbooks::QuickBooksConfig;

#[tokio::test]
async fn a_dropped_answer_can_be_asked_for_again() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    assert!(desk.try_post("/invoice?requestid=r1", &body).await.is_err());
    assert_eq!(desk.sandbox.count("Invoice"), 1, "committed though never heard of");
    let (status, answer) = desk.post("/invoice?requestid=r1", body).await;
    assert_eq!((status, answer["Invoice"]["Id"].as_str()), (200, Some("1")));
    assert_eq!(desk.sandbox.count("Invoice"), 1);
}

#[tokio::test]
async fn each_fault_has_the_providers_body() {
    let faults = FaultPlan { retry_after_s: Some(60), ..FaultPlan::default() };
    let desk = Desk::with(QuickBooksConfig { faults, ..QuickBooksConfig::unlimited() }).await;
    let body = json!({"DisplayName": "Acme"});
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let response = desk.try_post("/customer", &body).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"60".parse().unwrap())
    );
    desk.sandbox.faults.force_write(Fault::ServerError, 1);
    let (status, answer) = desk.post("/customer", body.clone()).await;
    assert_eq!((status, code(&answer).as_str()), (500, "10000"));
    desk.sandbox.faults.force_write(Fault::DropBefore, 1);
    assert!(desk.try_post("/customer", &body).await.is_err());
    desk.sandbox.faults.force_write(Fault::Html, 1);
    assert_eq!(desk.post("/customer", body.clone()).await.0, 200);
    assert_eq!(desk.sandbox.count("Customer"), 0, "nothing was committed so far");
    desk.sandbox.faults.force_write(Fault::ErrorAfter, 1);
    assert_eq!(desk.post("/customer", body.clone()).await.0, 500);
    assert_eq!(desk.sandbox.count("Customer"), 1);
    desk.sandbox.faults.force_write(Fault::Truncated, 1);
    let cut = desk.try_post("/customer", &json!({"DisplayName": "Bolt"})).await.unwrap();
    assert!(cut.bytes().await.is_err());
    assert_eq!(desk.sandbox.count("Customer"), 2);
    assert_eq!(desk.sandbox.stats().faults_sent, 6);
}
