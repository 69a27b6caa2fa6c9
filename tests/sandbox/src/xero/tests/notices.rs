//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::desk::{Desk, text};
use crate::faults::FaultPlan;
use crate::kit::poster::Pace;
use crate::server::{Running, serve};
use crate::xero::webhooks::signature;
use crate::xero::{WebhookConfig, XeroConfig};

/// What a receiver got, and how it answers.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(Value, bool)>>>,
    broken: Arc<Mutex<bool>>,
}

async fn receive(State(own): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let good = headers["x-xero-signature"].to_str().unwrap() == signature("key", &body);
    own.got.lock().unwrap().push((serde_json::from_slice(&body).unwrap(), good));
    match (*own.broken.lock().unwrap(), good) {
        (true, _) => StatusCode::BAD_REQUEST,
        (false, true) => StatusCode::OK,
        (false, false) => StatusCode::UNAUTHORIZED,
    }
}

async fn open(faults: FaultPlan) -> (Desk, Receiver, Running) {
    let receiver = Receiver::default();
    let router = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
    let running = serve(router, None).await.unwrap();
    let pace = Pace { attempts: 2, retry_ms: 10, ..Pace::default() };
    let webhook = WebhookConfig { pace, ..WebhookConfig::new(format!("{}/hook", running.base_url), "key") };
    let desk = Desk::with(XeroConfig { webhook: Some(webhook), faults, ..XeroConfig::unlimited() }).await;
    (desk, receiver, running)
}

async fn wait(receiver: &Receiver, done: impl Fn(&[(Value, bool)]) -> bool) -> Vec<(Value, bool)> {
    for _ in 0..300 {
        if done(&receiver.got.lock().unwrap()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    receiver.got.lock().unwrap().clone()
}

fn events(got: &[(Value, bool)]) -> Vec<Value> {
    got.iter()
        .filter(|(_, good)| *good)
        .flat_map(|(body, _)| body["events"].as_array().unwrap().clone())
        .collect()
}

#[tokio::test]
async fn changes_are_announced_thin_and_in_sequence() {
    let (desk, receiver, _running) = open(FaultPlan::default()).await;
    let made = desk.invoice(json!({"Status": "AUTHORISED"})).await;
    let paid = json!({"Invoice": {"InvoiceID": made["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 5});
    desk.made("Payments", paid).await;
    let got = wait(&receiver, |got| events(got).len() >= 3).await;
    let all = events(&got);
    let told: Vec<String> =
        all.iter().map(|own| format!("{} {}", text(own, "eventCategory"), text(own, "eventType"))).collect();
    assert_eq!(
        told,
        ["CONTACT CREATE", "INVOICE CREATE", "INVOICE UPDATE"],
        "a payment shows as its invoice"
    );
    assert_eq!(all[1]["resourceId"], made["InvoiceID"]);
    assert_eq!(all[1]["tenantId"], desk.sandbox.tenant_id);
    assert_eq!(got[0].0["firstEventSequence"], 1);
    assert_eq!(got.last().unwrap().0["lastEventSequence"], 3);
}

#[tokio::test]
async fn deliveries_repeat_and_are_forged_by_plan() {
    let plan = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let (desk, receiver, _running) = open(plan).await;
    desk.contact("A").await;
    let got = wait(&receiver, |got| got.len() >= 3).await;
    assert_eq!(got.iter().map(|(_, good)| *good).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(got[0], got[1]);
    assert!(desk.sandbox.webhook_enabled());
}

#[tokio::test]
async fn the_intent_to_receive_wants_401_for_bad_signatures() {
    let (desk, receiver, _running) = open(FaultPlan::default()).await;
    assert!(desk.sandbox.verify_webhook().await);
    let got = receiver.got.lock().unwrap().clone();
    assert_eq!(got.iter().map(|(_, good)| *good).collect::<Vec<_>>(), [true, false, true, false]);
    assert_eq!((&got[0].0["events"], &got[0].0["firstEventSequence"]), (&json!([]), &json!(0)));
    *receiver.broken.lock().unwrap() = true;
    assert!(!desk.sandbox.verify_webhook().await, "400 is not 401");
    assert!(!desk.sandbox.webhook_enabled());
}

#[tokio::test]
async fn a_webhook_that_fails_is_disabled_and_leaves_a_gap() {
    let (desk, receiver, _running) = open(FaultPlan::default()).await;
    *receiver.broken.lock().unwrap() = true;
    desk.contact("A").await;
    wait(&receiver, |got| got.len() >= 2).await;
    for _ in 0..100 {
        if !desk.sandbox.webhook_enabled() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    desk.contact("B").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    *receiver.broken.lock().unwrap() = false;
    assert!(desk.sandbox.verify_webhook().await);
    receiver.got.lock().unwrap().clear();
    desk.contact("C").await;
    let got = wait(&receiver, |got| !got.is_empty()).await;
    assert_eq!(got[0].0["firstEventSequence"], 3, "the event told while disabled is missed");
    let statuses: Vec<_> = desk.sandbox.webhook_outcomes().iter().map(|own| own.status).collect();
    assert_eq!(statuses[..2], [Some(400), Some(400)], "tried twice, then disabled");
}

#[tokio::test]
async fn credit_note_events_carry_type_and_status() {
    let (desk, receiver, _running) = open(FaultPlan::default()).await;
    let note = super::desk::invoice(json!({"Type": "ACCRECCREDIT"}));
    desk.made("CreditNotes", note).await;
    let got = wait(&receiver, |got| events(got).len() >= 2).await;
    assert_eq!(events(&got)[1]["data"], json!({"Type": "ACCRECCREDIT", "Status": "DRAFT"}));
}
