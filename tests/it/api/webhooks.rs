//! Webhooks in: verified, stored once, acknowledged.

use axum::body::Body;
use axum::http::Request;
use domain::digest::DigestKey;
use serde_json::{Value, json};

use super::client::{Answer, Api, WEBHOOK_SECRET};

async fn deliver(api: &Api, integration: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let hex = DigestKey::new(WEBHOOK_SECRET.as_bytes().try_into().unwrap()).digest(body.as_bytes());
    let request = Request::post(format!("/v1/webhooks/rest/{integration}"))
        .header("x-signature", format!("sha256={hex}"))
        .body(Body::from(body))
        .unwrap();
    api.call(request).await
}

#[tokio::test]
async fn a_delivery_is_stored_once_however_often_it_comes() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let feature = format!("/v1/integrations/{id}/features/customers");
    api.put(&feature, &json!({"enabled": true})).await.expect(200);
    let body = json!({ "id": "evt-1", "type": "customers.updated", "data": { "id": "cus_1" } });
    deliver(&api, &id, &body).await.expect(200);
    let once = api.head().await;
    deliver(&api, &id, &body).await.expect(200);
    assert_eq!(api.head().await, once);
    let head = api::http::at_least::encode(once);
    let listed =
        api.get(&format!("/v1/integrations/{id}/webhooks/events?at_least={head}")).await.expect(200).json();
    assert_eq!(listed["total"], 1);
    let event = format!("/v1/integrations/{id}/webhooks/events/evt-1");
    let shown = api.get(&event).await.expect(200).json();
    assert_eq!((shown["status"].as_str(), shown["remote_id"].as_str()), (Some("pending"), Some("cus_1")));
    assert!(!shown.to_string().contains("sha256="), "a signature was kept");
    let early = api.post(&format!("{event}/replay"), &json!({})).await.expect(409);
    assert_eq!(early.json()["type"], "/problems/delivery-pending");
}

#[tokio::test]
async fn what_no_config_takes_is_acknowledged_and_ignored_at_once() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let body = json!({ "id": "evt-1", "type": "customers.updated", "data": { "id": "cus_1" } });
    deliver(&api, &id, &body).await.expect(200);
    let shown = api.get(&format!("/v1/integrations/{id}/webhooks/events/evt-1")).await.expect(200).json();
    assert_eq!(
        (&shown["status"], &shown["error_message"]),
        (&json!("ignored"), &json!("no enabled config takes this entity"))
    );
}

#[tokio::test]
async fn a_disabled_integration_acknowledges_and_ignores() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    api.post(&format!("/v1/integrations/{id}/disable"), &json!({})).await.expect(200);
    let body = json!({ "id": "evt-2", "type": "customers.updated", "data": { "id": "cus_1" } });
    deliver(&api, &id, &body).await.expect(200);
    let shown = api.get(&format!("/v1/integrations/{id}/webhooks/events/evt-2")).await.expect(200).json();
    assert_eq!(shown["status"], "ignored");
    let again = api.post(&format!("/v1/integrations/{id}/webhooks/events/evt-2/replay"), &json!({})).await;
    again.expect(202);
}

#[tokio::test]
async fn a_webhook_for_nobody_is_refused_and_counted() {
    let api = Api::at_rest().await;
    let nobody = "0193e3a0-0000-7000-8000-000000000000";
    deliver(&api, nobody, &json!({})).await.expect(404);
    let counts = api.get("/v1/webhooks/rejections").await.expect(200).json();
    assert_eq!(counts["counts"]["webhook_for_nobody"], 1);
}
