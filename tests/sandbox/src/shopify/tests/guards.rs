//! Who may ask, in which version, how much.

use serde_json::{Value, json};

use super::desk::{Desk, VERSION};
use crate::shopify::{ShopState, ShopifyConfig};

const SHOP: &str = "{ shop { id } }";

#[tokio::test]
async fn old_versions_fall_forward_silently() {
    let desk = Desk::open().await;
    let served = async |version: &str| {
        let response = desk.send(version, SHOP, &json!({})).await.unwrap();
        let header = response.headers().get("x-shopify-api-version").map(|v| v.to_str().unwrap().to_owned());
        (response.status().as_u16(), header)
    };
    let newest = served(VERSION).await;
    assert_eq!(newest, (200, Some(VERSION.to_owned())));
    let (status, oldest) = served("2024-01").await;
    assert_eq!(status, 200);
    assert_eq!(oldest.as_deref(), Some("2026-01"), "the oldest still supported");
    for wrong in ["2026-02", "2099-01", "latest"] {
        assert_eq!(served(wrong).await.0, 404, "{wrong}");
    }
}

#[tokio::test]
async fn dead_tokens_and_closed_shops_have_their_own_statuses() {
    let desk = Desk::open().await;
    let status = async || desk.send(VERSION, SHOP, &json!({})).await.unwrap().status().as_u16();
    assert_eq!(status().await, 200);
    desk.sandbox.set_state(ShopState::Frozen);
    assert_eq!(status().await, 402);
    desk.sandbox.set_state(ShopState::Locked);
    assert_eq!(status().await, 423);
    desk.sandbox.set_state(ShopState::Open);
    desk.sandbox.advance_clock(3601);
    assert_eq!(status().await, 401);
    assert_eq!(desk.sandbox.stats()["unauthorized"], 1);
}

#[tokio::test]
async fn a_query_costs_points_and_too_many_are_throttled_with_status_200() {
    let config = ShopifyConfig { bucket_points: 40, restore_per_second: 10, ..ShopifyConfig::default() };
    let desk = Desk::with(config).await;
    desk.customer("ann@example.com");
    let query = "{ customers(first: 30) { nodes { id } } }";
    let body = desk.ask(query, json!({})).await;
    let cost = &body["extensions"]["cost"];
    assert_eq!((&cost["requestedQueryCost"], &cost["actualQueryCost"]), (&json!(32), &json!(3)));
    assert_eq!(cost["throttleStatus"]["maximumAvailable"], 40);
    assert_eq!(cost["throttleStatus"]["restoreRate"], 10);
    desk.ask(query, json!({})).await;
    desk.ask(query, json!({})).await;
    let mut last = Value::Null;
    for _ in 0..4 {
        last = desk.ask(query, json!({})).await;
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!(last["extensions"]["cost"]["actualQueryCost"], Value::Null);
    assert!(last.get("data").is_none());
    desk.sandbox.advance_clock(10);
    assert!(desk.ask(query, json!({})).await.get("errors").is_none());
}

#[tokio::test]
async fn a_query_too_big_is_never_run() {
    let desk = Desk::with(ShopifyConfig::default()).await;
    let query = "{ orders(first: 50) { nodes { id lineItems(first: 50) { nodes { id } } } } }";
    assert_eq!(desk.code(query, json!({})).await, "MAX_COST_EXCEEDED");
}

#[tokio::test]
async fn the_recorder_keeps_exchanges_without_the_token() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    desk.data(SHOP, json!({})).await;
    let url = format!("{}/admin/stats", desk.sandbox.base_url);
    desk.http.get(url).send().await.unwrap();
    let exchanges = desk.sandbox.recorder.take();
    assert_eq!(exchanges.len(), 1, "steering is not recorded");
    assert!(!format!("{:?}", exchanges[0].request_headers).contains(&desk.token));
    assert_eq!(exchanges[0].json().unwrap()["data"]["shop"]["id"], "gid://shopify/Shop/690933842");
}

#[tokio::test]
async fn anything_else_is_counted_as_not_modelled() {
    let desk = Desk::open().await;
    let url = format!("{}/admin/products.json", desk.sandbox.base_url);
    assert_eq!(desk.http.get(url).send().await.unwrap().status(), 404);
    let url = format!("{}/admin/api/{VERSION}/themes.json", desk.sandbox.base_url);
    let request = desk.http.get(url).header("x-shopify-access-token", &desk.token);
    assert_eq!(request.send().await.unwrap().status(), 404);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 2);
}
