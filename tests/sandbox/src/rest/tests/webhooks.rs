use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::{RestConfig, RestSandbox, WebhookTarget};
use super::{sandbox, with_records};
use crate::faults::FaultPlan;
use crate::server::{Running, serve};

const SECRET: &str = "whsec_1";

type Received = UnboundedReceiver<(String, Bytes)>;

/// A sandbox that announces its changes to a receiver, and what the receiver gets.
async fn announced(faults: FaultPlan) -> (RestSandbox, Running, Received) {
    let (sender, received) = unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| async move {
        let signature = headers["x-signature"].to_str().unwrap().to_owned();
        sender.send((signature, body)).unwrap();
    };
    let receiver = serve(Router::new().route("/hook", post(take)), None).await.unwrap();
    let target = WebhookTarget { url: format!("{}/hook", receiver.base_url), secret: SECRET.to_owned() };
    let config = RestConfig { webhook: Some(target), faults, ..with_records(1) };
    (sandbox(config).await, receiver, received)
}

async fn next(received: &mut Received) -> (String, Value, bool) {
    let waiting = tokio::time::timeout(Duration::from_secs(5), received.recv());
    let (signature, body) = waiting.await.unwrap().unwrap();
    let genuine = signature == format!("sha256={}", hmac(SECRET.as_bytes(), &body));
    (signature, serde_json::from_slice(&body).unwrap(), genuine)
}

/// HMAC-SHA256 from its definition (RFC 2104), for keys no longer than a block.
fn hmac(key: &[u8], message: &[u8]) -> String {
    let pad = |with: u8| -> Vec<u8> {
        let padded = (0..64).map(|i| key.get(i).copied().unwrap_or(0));
        padded.map(|byte| byte ^ with).collect()
    };
    let inner = Sha256::digest([&pad(0x36)[..], message].concat());
    hex::encode(Sha256::digest([&pad(0x5c)[..], &inner[..]].concat()))
}

#[test]
fn the_oracle_agrees_with_rfc_4231() {
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hmac(b"Jefe", b"what do ya want for nothing?"), expected);
}

#[tokio::test]
async fn changes_are_announced_in_order_and_signed() {
    let (sandbox, receiver, mut received) = announced(FaultPlan::default()).await;
    sandbox.create("orders", json!({"total": 5})).unwrap();
    sandbox.edit("customers", "cus_00000001", json!({"phone": "1"})).unwrap();
    sandbox.delete("customers", "cus_00000001").unwrap();
    let expected = [
        ("evt_00000001", "orders.created", "ord_00000002"),
        ("evt_00000002", "customers.updated", "cus_00000001"),
        ("evt_00000003", "customers.deleted", "cus_00000001"),
    ];
    for (event, topic, id) in expected {
        let (_, body, genuine) = next(&mut received).await;
        assert!(genuine);
        assert_eq!((&body["id"], &body["type"]), (&json!(event), &json!(topic)));
        assert_eq!(body["data"], json!({"id": id}));
        assert!(body["created"].is_u64());
    }
    sandbox.stop().await;
    receiver.stop().await;
}

#[tokio::test]
async fn webhooks_come_late_twice_and_forged_as_planned() {
    let plan = FaultPlan {
        webhook_duplicate: 1.0,
        webhook_forged: 1.0,
        webhook_late_ms: 700,
        ..FaultPlan::default()
    };
    let (sandbox, receiver, mut received) = announced(plan).await;
    sandbox.edit("customers", "cus_00000001", json!({"phone": "1"})).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(received.is_empty());
    let (first, again) = (next(&mut received).await, next(&mut received).await);
    assert!(first.2);
    assert_eq!(first, again);
    let (_, forged, genuine) = next(&mut received).await;
    assert!(!genuine);
    assert_eq!(forged["type"], json!("customers.deleted"));
    assert!(sandbox.get("customers", "cus_00000001").is_some());
    let sent = &sandbox.stats()["webhooks"];
    assert_eq!((&sent["sent"], &sent["duplicated"], &sent["forged"]), (&json!(3), &json!(1), &json!(1)));
    sandbox.stop().await;
    receiver.stop().await;
}
