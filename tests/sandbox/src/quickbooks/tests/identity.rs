//! Names, document numbers, request ids, duplicates.

use serde_json::json;

use super::desk::Desk;
use crate::quickbooks::{Preference, QuickBooksConfig, RequestIds};

#[tokio::test]
async fn display_names_are_unique_over_customers_and_vendors() {
    let desk = Desk::open().await;
    let acme = desk.customer("Acme").await;
    assert_eq!(desk.refused("/customer", json!({"DisplayName": "ACME"})).await, "6240");
    assert_eq!(desk.refused("/vendor", json!({"DisplayName": "Acme "})).await, "6240");
    desk.item("Acme").await;
    assert_eq!(
        desk.refused("/item", json!({"Name": "acme", "Type": "Service", "IncomeAccountRef": {"value": "1"}}))
            .await,
        "6240"
    );
    // Made inactive, a name is marked and free again; both come back as themselves.
    let id = acme["Id"].as_str().unwrap();
    let gone = desk.sandbox.deactivate("Customer", id).unwrap();
    assert_eq!(gone["DisplayName"], "Acme (deleted)");
    desk.put("Vendor", json!({"DisplayName": "Acme"})).await;
    let back = json!({"Id": id, "SyncToken": "1", "sparse": true, "Active": true});
    assert_eq!(desk.refused("/customer", back).await, "6240");
}

#[tokio::test]
async fn inactive_objects_hide_and_cannot_be_used() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let id = body["CustomerRef"]["value"].as_str().unwrap().to_owned();
    let sparse = json!({"Id": id, "SyncToken": "0", "sparse": true, "Active": false});
    desk.put("Customer", sparse).await;
    assert_eq!(desk.query("select * from Customer").await, json!({}));
    let all = desk.query("select * from Customer where Active in (true, false)").await;
    assert_eq!(all["Customer"][0]["Active"], false);
    assert_eq!(desk.get(&format!("/customer/{id}")).await.0, 200);
    assert_eq!(desk.refused("/invoice", body).await, "2500");
    let edit = json!({"Id": id, "SyncToken": "1", "sparse": true, "Notes": "x"});
    assert_eq!(desk.refused("/customer", edit).await, "610");
}

#[tokio::test]
async fn document_numbers_are_unique_by_preference() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    desk.put("Invoice", body.clone()).await;
    desk.put("Invoice", body.clone()).await;
    assert_eq!(desk.sandbox.duplicates(), 1);
    desk.sandbox.set_company_preference(Preference::UniqueDocNumbers(true));
    assert_eq!(desk.refused("/invoice", body.clone()).await, "6140");
    assert_eq!(desk.post("/invoice?include=allowduplicatedocnum", body.clone()).await.0, 200);
    desk.put("CreditMemo", body).await;
    assert_eq!(desk.sandbox.writes_per_key()["Invoice:1001"], 3);
    assert_eq!(desk.sandbox.duplicates(), 2);
}

#[tokio::test]
async fn missing_numbers_are_counted_up_only_without_custom_numbers() {
    let desk = Desk::open().await;
    let mut body = desk.invoice_body().await;
    body.as_object_mut().unwrap().remove("DocNumber");
    assert!(desk.put("Invoice", body.clone()).await.get("DocNumber").is_none());
    desk.sandbox.set_company_preference(Preference::CustomTxnNumbers(false));
    assert_eq!(desk.put("Invoice", body.clone()).await["DocNumber"], "1001");
    assert_eq!(desk.put("Invoice", body).await["DocNumber"], "1002");
}

#[tokio::test]
async fn a_request_id_replays_the_first_answer() {
    let desk = Desk::open().await;
    let body = json!({"DisplayName": "Acme"});
    let first = desk.try_post("/customer?requestid=r1", &body).await.unwrap().bytes().await.unwrap();
    let again = desk.try_post("/customer?requestid=r1", &body).await.unwrap().bytes().await.unwrap();
    assert_eq!(first, again);
    assert_eq!(desk.sandbox.count("Customer"), 1);
    assert_eq!(desk.refused("/customer?requestid=r2", body.clone()).await, "6240");
    let long = format!("/customer?requestid={}", "x".repeat(51));
    assert_eq!(desk.refused(&long, body).await, "2050");
    let stats = desk.sandbox.stats();
    assert_eq!((stats.request_id_replays, stats.request_id_mismatches), (1, 0));
    desk.post("/customer?requestid=r1", json!({"DisplayName": "Other"})).await;
    assert_eq!(desk.sandbox.stats().request_id_mismatches, 1);
}

#[tokio::test]
async fn an_ignored_request_id_does_nothing() {
    let config = QuickBooksConfig { request_id: RequestIds::Ignored, ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let body = desk.invoice_body().await;
    for _ in 0..2 {
        assert_eq!(desk.post("/invoice?requestid=r1", body.clone()).await.0, 200);
    }
    assert_eq!(desk.sandbox.count("Invoice"), 2);
    assert_eq!(desk.sandbox.duplicates(), 1);
}

#[tokio::test]
async fn two_equal_requests_at_once_write_once() {
    let desk = Desk::open().await;
    let body = desk.invoice_body().await;
    let calls = (0..8).map(|_| desk.post("/invoice?requestid=same", body.clone()));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(desk.sandbox.count("Invoice"), 1);
}

#[tokio::test]
async fn a_marker_in_the_note_is_the_business_key() {
    let config = QuickBooksConfig { reference_marker: Some("hub:".into()), ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let mut body = desk.invoice_body().await;
    body["PrivateNote"] = json!("from the shop hub:order-7 today");
    desk.put("Invoice", body.clone()).await;
    body["DocNumber"] = json!("1002");
    let second = desk.put("Invoice", body).await;
    assert_eq!(desk.sandbox.writes_per_key()["Invoice:hub:order-7"], 2);
    assert_eq!(desk.sandbox.duplicates(), 1);
    desk.sandbox.void("Invoice", second["Id"].as_str().unwrap()).unwrap();
    assert_eq!(desk.sandbox.duplicates(), 0);
}
