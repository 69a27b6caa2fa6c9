//! Several elements in one call, and keys for retries.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts};
use crate::xero::{IdempotencyKeys, XeroConfig};

fn three() -> Value {
    json!({"Contacts": [{"Name": "A"}, {"Name": ""}, {"Name": "C"}]})
}

#[tokio::test]
async fn one_bad_element_refuses_the_whole_call() {
    let desk = Desk::open().await;
    let message = desk.refused(Method::PUT, "/Contacts", three()).await;
    assert!(message.contains("name must be specified"));
    assert_eq!(desk.sandbox.count("Contact"), 0, "the good ones were taken back");
    assert_eq!(desk.sandbox.stats()["creates"], 0);
}

#[tokio::test]
async fn errors_one_by_one_come_with_200() {
    let desk = Desk::open().await;
    let (status, body) = desk.put("/Contacts?summarizeErrors=false", three()).await;
    assert_eq!(status, 200);
    let states: Vec<_> =
        body["Contacts"].as_array().unwrap().iter().map(|own| own["StatusAttributeString"].clone()).collect();
    assert_eq!(states, ["OK", "ERROR", "OK"]);
    assert_eq!(body["Contacts"][1]["HasValidationErrors"], true);
    assert!(body["Contacts"][1]["ValidationErrors"][0]["Message"].is_string());
    assert_eq!(desk.sandbox.count("Contact"), 2);
}

#[tokio::test]
async fn fifty_elements_are_the_most() {
    let desk = Desk::open().await;
    let many = |count: usize| -> Value { (0..count).map(|n| json!({"Name": format!("C{n}")})).collect() };
    assert_eq!(desk.put("/Contacts", json!({"Contacts": many(51)})).await.0, 400);
    assert_eq!(desk.put("/Contacts", many(50)).await.0, 200);
    assert_eq!(desk.sandbox.count("Contact"), 50);
}

async fn keyed(desk: &Desk, key: &str, body: &Value) -> (u16, Value) {
    let request = desk.ask(Method::PUT, "/Contacts").header("idempotency-key", key).json(body);
    parts(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_key_answers_again_for_six_minutes() {
    let desk = Desk::open().await;
    let first = keyed(&desk, "k", &json!({"Name": "A"})).await;
    assert_eq!(keyed(&desk, "k", &json!({"Name": "A"})).await, first);
    assert_eq!(desk.sandbox.count("Contact"), 1);
    assert_eq!(keyed(&desk, "k", &json!({"Name": "B"})).await.0, 400, "another request");
    desk.sandbox.advance_clock(361);
    assert_eq!(keyed(&desk, "k", &json!({"Name": "B"})).await.0, 200);
    assert_eq!(keyed(&desk, &"k".repeat(129), &json!({"Name": "C"})).await.0, 400);
    assert_eq!(desk.sandbox.stats()["replays"], 1);
}

#[tokio::test]
async fn ignored_keys_write_twice() {
    let config = XeroConfig { idempotency: IdempotencyKeys::Ignored, ..XeroConfig::unlimited() };
    let desk = Desk::with(config).await;
    let body = super::desk::invoice(json!({"Reference": "r-1"}));
    for _ in 0..2 {
        let request = desk.ask(Method::PUT, "/Invoices").header("idempotency-key", "k").json(&body);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    assert_eq!(desk.sandbox.duplicates(), 1);
}
