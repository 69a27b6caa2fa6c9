//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::faults::FaultPlan;
use crate::quickbooks::webhooks::signature;
use crate::quickbooks::{QuickBooksConfig, WebhookConfig, WebhookShape};
use crate::server::{Running, serve};

/// Bodies received, each with whether its signature was right.
type Received = Arc<Mutex<Vec<(Value, bool)>>>;

async fn receive(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers["intuit-signature"].to_str().unwrap();
    let mut received = received.lock().unwrap();
    received.push((serde_json::from_slice(&body).unwrap(), given == signature("qbo-verifier", &body)));
    // The first delivery is refused: it must come again.
    if received.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn receiver() -> (Running, Received) {
    let received = Received::default();
    let router = Router::new().route("/hook", post(receive)).with_state(received.clone());
    (serve(router, None).await.unwrap(), received)
}

async fn wait_for(received: &Received, count: usize) -> Vec<(Value, bool)> {
    for _ in 0..200 {
        if received.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    received.lock().unwrap().clone()
}

async fn desk(shape: WebhookShape, faults: FaultPlan) -> (Desk, Running, Received) {
    let (running, received) = receiver().await;
    let webhook =
        WebhookConfig { retry_ms: 20, ..WebhookConfig::new(format!("{}/hook", running.base_url), shape) };
    let config = QuickBooksConfig { webhook: Some(webhook), faults, ..QuickBooksConfig::unlimited() };
    (Desk::with(config).await, running, received)
}

#[test]
fn the_signature_is_the_published_one() {
    // HMAC-SHA256 of RFC 4231, test case 2.
    assert_eq!(
        signature("Jefe", b"what do ya want for nothing?"),
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    );
}

#[tokio::test]
async fn classic_deliveries_are_retried() {
    let (desk, _running, received) = desk(WebhookShape::Classic, FaultPlan::default()).await;
    let customer = desk.customer("Acme").await;
    desk.sandbox.edit("Customer", customer["Id"].as_str().unwrap(), json!({"Notes": "n"})).unwrap();
    let got = wait_for(&received, 2).await;
    assert_eq!(got[0], got[1], "refused once, then sent again");
    assert!(got[0].1);
    let notification = &got[0].0["eventNotifications"][0];
    assert_eq!(notification["realmId"], desk.sandbox.realm_id);
    let entities = notification["dataChangeEvent"]["entities"].as_array().unwrap();
    let operations: Vec<_> = entities.iter().map(|e| e["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["Create", "Update"]);
    assert_eq!((&entities[0]["name"], &entities[0]["id"]), (&json!("Customer"), &customer["Id"]));
}

#[tokio::test]
async fn cloud_events_repeat_and_are_forged_by_plan() {
    let plan = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let (desk, _running, received) = desk(WebhookShape::CloudEvents, plan).await;
    let body = desk.invoice_body().await;
    let invoice = desk.put("Invoice", body).await;
    desk.sandbox.void("Invoice", invoice["Id"].as_str().unwrap()).unwrap();
    let got = wait_for(&received, 4).await;
    let signed: Vec<bool> = got.iter().map(|(_, good)| *good).collect();
    assert_eq!(signed, [true, true, true, false], "refused, sent, repeated, forged");
    assert_eq!(got[1].0[0]["id"], got[2].0[0]["id"], "a repeat has the same event ids");
    let types: Vec<_> = got[1].0.as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    let wanted = ["customer.created", "item.created", "invoice.created", "invoice.voided"];
    assert_eq!(types, wanted.map(|name| format!("qbo.{name}.v1")));
    assert_eq!(got[1].0[0]["intuitaccountid"], desk.sandbox.realm_id);
    assert_eq!(got[1].0[0]["specversion"], "1.0");
}
