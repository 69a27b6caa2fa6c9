//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::faults::FaultPlan;
use crate::hubspot::events::{signature_v1, signature_v3, signed_uri};
use crate::hubspot::{HubSpotConfig, WebhookConfig};
use crate::server::{Running, serve};

/// Bodies received, each with whether its signatures were right.
type Received = Arc<Mutex<Vec<(Value, bool)>>>;

async fn receive(State(received): State<Received>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let url = format!("http://{}{uri}", header("host"));
    let v3 = signature_v3("hubspot-secret", &url, &body, &header("x-hubspot-request-timestamp"));
    let v1 = signature_v1("hubspot-secret", &body);
    let good = v3 == header("x-hubspot-signature-v3") && v1 == header("x-hubspot-signature");
    let mut received = received.lock().unwrap();
    received.push((serde_json::from_slice(&body).unwrap(), good));
    // The first delivery is refused: it must come again.
    if received.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn receiver() -> (Running, Received, String) {
    let received = Received::default();
    let router = Router::new().route("/hook", post(receive)).with_state(received.clone());
    let running = serve(router, None).await.unwrap();
    let url = format!("{}/hook?to=a%3Ab%2Fc", running.base_url);
    (running, received, url)
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

#[test]
fn only_some_escapes_are_undone_before_signing() {
    assert_eq!(signed_uri("https://h/x?u=a%3Ab%2Fc%20d%26e%2a"), "https://h/x?u=a:b/c%20d%26e*");
}

#[tokio::test]
async fn events_come_in_arrays_signed_and_are_retried() {
    let (_running, received, url) = receiver().await;
    let desk =
        Desk::with(HubSpotConfig { webhook: Some(WebhookConfig::new(url)), ..HubSpotConfig::unlimited() })
            .await;
    let (_, made) = desk
        .post("/crm/v3/objects/contacts", json!({"properties": {"email": "ann@example.com", "city": "Bonn"}}))
        .await;
    let got = wait_for(&received, 2).await;
    assert_eq!(got[0], got[1], "refused once, then sent again");
    assert!(got[0].1, "signed over the address with its query");
    let events = got[0].0.as_array().unwrap();
    let types: Vec<&str> = events.iter().map(|event| event["subscriptionType"].as_str().unwrap()).collect();
    assert_eq!(types, ["contact.creation", "contact.propertyChange"], "the city has no subscription");
    let change = &events[1];
    assert_eq!(
        (&change["propertyName"], &change["propertyValue"]),
        (&json!("email"), &json!("ann@example.com"))
    );
    assert_eq!(change["objectId"].to_string(), made["id"].as_str().unwrap());
    assert_eq!(
        (&change["portalId"], &change["changeSource"]),
        (&json!(desk.sandbox.portal_id), &json!("INTEGRATION"))
    );
    assert!(change["eventId"].is_u64() && change["occurredAt"].is_i64());
    assert_eq!(change["attemptNumber"], 0);
}

#[tokio::test]
async fn merges_deletions_and_privacy_deletions_are_told() {
    let (_running, received, url) = receiver().await;
    let faults = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let mut webhook = WebhookConfig::new(url);
    webhook.subscriptions.retain(|own| !own.contains("creation") && !own.contains("propertyChange"));
    let desk =
        Desk::with(HubSpotConfig { webhook: Some(webhook), faults, ..HubSpotConfig::unlimited() }).await;
    let [winner, loser, gone] =
        ["a@example.com", "b@example.com", "c@example.com"].map(|email| desk.contact(email));
    desk.sandbox.merge("contacts", &winner, &loser).unwrap();
    desk.sandbox.delete("contacts", &gone).unwrap();
    desk.sandbox.restore("contacts", &gone);
    desk.post("/crm/v3/objects/contacts/gdpr-delete", json!({"objectId": gone})).await;
    let mut got = Vec::new();
    for count in 3..60 {
        got = wait_for(&received, count).await;
        if got.iter().any(|(_, good)| !good) && format!("{got:?}").contains("privacyDeletion") {
            break;
        }
    }
    let events: Vec<&Value> = got.iter().flat_map(|(body, _)| body.as_array().unwrap()).collect();
    let of = |name: &str| events.iter().find(|event| event["subscriptionType"] == name).copied();
    let merge = of("contact.merge").unwrap();
    assert_eq!(merge["mergedObjectIds"], json!([loser.parse::<u64>().unwrap()]));
    assert_eq!(merge["changeSource"], "CRM_UI");
    for name in ["contact.deletion", "contact.restore", "contact.privacyDeletion"] {
        assert_eq!(of(name).unwrap()["objectId"].to_string(), gone, "{name}");
    }
    assert!(got.iter().any(|(_, good)| !good), "one was forged");
}

#[tokio::test]
async fn a_delivery_holds_a_hundred_events_at_most() {
    let (_running, received, url) = receiver().await;
    let webhook = WebhookConfig { url, subscriptions: vec!["contact.creation".into()] };
    let desk = Desk::with(HubSpotConfig { webhook: Some(webhook), ..HubSpotConfig::unlimited() }).await;
    let inputs: Vec<Value> =
        (0..100).map(|n| json!({"properties": {"email": format!("c{n}@example.com")}})).collect();
    desk.contact("first@example.com");
    desk.post("/crm/v3/objects/contacts/batch/create", json!({"inputs": inputs})).await;
    let got = wait_for(&received, 3).await;
    assert!(got.iter().all(|(body, _)| body.as_array().unwrap().len() <= 100));
    let all: usize = got.iter().skip(1).map(|(body, _)| body.as_array().unwrap().len()).sum();
    assert_eq!(all, 101);
}

#[tokio::test]
async fn settings_and_subscriptions_belong_to_the_app() {
    let (_running, received, url) = receiver().await;
    let desk = Desk::open().await;
    let path = |rest: &str| {
        format!("{}/webhooks/v3/1160452/{rest}?hapikey=hubspot-developer-key", desk.sandbox.base_url)
    };
    let put = desk
        .http
        .put(path("settings"))
        .json(&json!({"targetUrl": url, "throttling": {"maxConcurrentRequests": 5}}));
    assert_eq!(put.send().await.unwrap().status(), 200);
    let subscribe = async |body: Value| {
        let answer = desk.http.post(path("subscriptions")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, made) =
        subscribe(json!({"eventType": "company.propertyChange", "propertyName": "name", "active": true}))
            .await;
    assert_eq!(status, 201);
    for (wrong, wanted) in [
        (json!({"eventType": "company.propertyChange", "propertyName": "name", "active": true}), 409),
        (json!({"eventType": "company.propertyChange"}), 400),
        (json!({"eventType": "company.birthday"}), 400),
    ] {
        assert_eq!(subscribe(wrong).await.0, wanted);
    }
    let id = desk.make("companies", json!({"name": "Acme"}));
    let got = wait_for(&received, 2).await;
    assert_eq!(got[1].0[0]["objectId"].to_string(), id);
    assert_eq!(got[1].0[0]["subscriptionId"].to_string(), made["id"].as_str().unwrap());
    let wrong = path("settings").replace("hubspot-developer-key", "x");
    assert_eq!(desk.http.get(wrong).send().await.unwrap().status(), 401);
}
