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
use crate::kit::poster::Pace;
use crate::server::{Running, serve};
use crate::shopify::webhooks::signature;
use crate::shopify::{ShopifyConfig, WebhookConfig};

#[derive(Clone, Debug)]
struct Got {
    topic: String,
    webhook_id: String,
    event_id: String,
    signed: bool,
    body: Value,
}

#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Got>>>,
    refuses: bool,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-shopify-shop-domain"), "headwater-demo.myshopify.com");
    assert!(!header("x-shopify-triggered-at").is_empty() && !header("x-shopify-api-version").is_empty());
    receiver.got.lock().unwrap().push(Got {
        topic: header("x-shopify-topic"),
        webhook_id: header("x-shopify-webhook-id"),
        event_id: header("x-shopify-event-id"),
        signed: header("x-shopify-hmac-sha256") == signature("shopify-secret", &body),
        body: serde_json::from_slice(&body).unwrap(),
    });
    if receiver.refuses { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
}

async fn receiver(refuses: bool) -> (Running, Receiver, String) {
    let receiver = Receiver { refuses, ..Receiver::default() };
    let router = Router::new().route("/hook", post(receive)).with_state(receiver.clone());
    let running = serve(router, None).await.unwrap();
    let url = format!("{}/hook", running.base_url);
    (running, receiver, url)
}

async fn wait(receiver: &Receiver, count: usize) -> Vec<Got> {
    for _ in 0..200 {
        if receiver.got.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    receiver.got.lock().unwrap().clone()
}

const SUBSCRIBE: &str = "mutation($topic: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $w) {
    webhookSubscription { id uri endpoint { __typename ... on WebhookHttpEndpoint { callbackUrl } } } userErrors { field message } } }";

#[tokio::test]
async fn subscriptions_get_their_topic_signed_in_base64() {
    let (_running, receiver, url) = receiver(false).await;
    let desk = Desk::open().await;
    let subscribe = json!({"topic": "ORDERS_CREATE", "w": {"uri": url, "format": "JSON", "includeFields": ["id", "name", "total_price", "line_items"]}});
    let made = desk.data(SUBSCRIBE, subscribe.clone()).await["webhookSubscriptionCreate"].take();
    assert_eq!(made["webhookSubscription"]["endpoint"]["callbackUrl"], url);
    let again = desk.data(SUBSCRIBE, subscribe).await["webhookSubscriptionCreate"].take();
    assert_eq!(again["webhookSubscription"], Value::Null, "address and topic are taken");
    desk.customer("ann@example.com");
    desk.order("SO-1");
    let got = wait(&receiver, 1).await;
    assert_eq!((got.len(), got[0].topic.as_str(), got[0].signed), (1, "orders/create", true));
    assert!(got[0].body["id"].is_u64());
    assert_eq!((&got[0].body["total_price"], got[0].body.get("email")), (&json!("21.00"), None));
    let list = desk
        .data("{ webhookSubscriptions(first: 5, topics: [ORDERS_CREATE]) { nodes { id topic } } }", json!({}))
        .await;
    assert_eq!(list["webhookSubscriptions"]["nodes"].as_array().unwrap().len(), 1);
    let delete = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }";
    desk.data(delete, json!({"id": made["webhookSubscription"]["id"]})).await;
    assert_eq!(desk.sandbox.count("WebhookSubscription"), 0);
}

#[tokio::test]
async fn the_apps_own_subscriptions_repeat_and_are_forged_by_plan() {
    let (_running, receiver, url) = receiver(false).await;
    let faults = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let webhook = WebhookConfig { topics: vec!["CUSTOMERS_DELETE".into()], ..WebhookConfig::new(url) };
    let desk =
        Desk::with(ShopifyConfig { webhook: Some(webhook), faults, ..ShopifyConfig::unlimited() }).await;
    let id = desk.customer("ann@example.com");
    desk.sandbox.delete("Customer", &id).unwrap();
    let got = wait(&receiver, 3).await;
    let signed: Vec<bool> = got.iter().map(|got| got.signed).collect();
    assert_eq!(signed, [true, true, false], "sent, repeated, forged");
    assert_eq!(got[0].webhook_id, got[1].webhook_id, "a repeat has the same id");
    assert_ne!(got[0].webhook_id, got[2].webhook_id);
    assert_eq!(got[0].body, json!({"id": id.rsplit('/').next().unwrap().parse::<u64>().unwrap()}));
    assert_eq!((got[0].topic.as_str(), got[0].event_id.is_empty()), ("customers/delete", false));
}

#[tokio::test]
async fn a_failing_receiver_loses_its_subscription() {
    let (_running, receiver, url) = receiver(true).await;
    let pace = Pace { gather_ms: 1, attempts: 3, retry_ms: 5, patience_ms: 1000 };
    let desk = Desk::with(ShopifyConfig { pace, ..ShopifyConfig::unlimited() }).await;
    desk.data(SUBSCRIBE, json!({"topic": "CUSTOMERS_CREATE", "w": {"callbackUrl": url}})).await;
    desk.customer("ann@example.com");
    let got = wait(&receiver, 3).await;
    assert_eq!(got.len(), 3);
    assert_eq!(got[0].webhook_id, got[2].webhook_id);
    for _ in 0..100 {
        if desk.sandbox.count("WebhookSubscription") == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(desk.sandbox.count("WebhookSubscription"), 0);
    assert_eq!(desk.sandbox.stats()["subscriptions_deleted"], 1);
}

#[tokio::test]
async fn uninstalling_kills_the_tokens_and_tells() {
    let (_running, receiver, url) = receiver(false).await;
    let desk =
        Desk::with(ShopifyConfig { webhook: Some(WebhookConfig::new(url)), ..ShopifyConfig::unlimited() })
            .await;
    desk.sandbox.revoke();
    let got = wait(&receiver, 1).await;
    assert_eq!(
        (got[0].topic.as_str(), &got[0].body["myshopify_domain"]),
        ("app/uninstalled", &json!("headwater-demo.myshopify.com"))
    );
    let answer = desk.send("2026-10", "{ shop { id } }", &json!({})).await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn addresses_and_filters_are_checked() {
    let desk = Desk::open().await;
    for (topic, address) in [
        ("ORDERS_CREATE", "http://example.com/hook"),
        ("ORDERS_CREATE", "nonsense"),
        ("METAOBJECTS_CREATE", "https://example.com/hook"),
    ] {
        let made = desk.data(SUBSCRIBE, json!({"topic": topic, "w": {"uri": address}})).await;
        assert_eq!(
            made["webhookSubscriptionCreate"]["webhookSubscription"],
            Value::Null,
            "{topic} {address}"
        );
    }
}
