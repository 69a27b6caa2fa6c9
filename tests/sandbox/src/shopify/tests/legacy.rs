//! The legacy REST API, read only.

use serde_json::{Value, json};

use super::desk::{Desk, VERSION};
use crate::shopify::ShopifyConfig;

async fn get(desk: &Desk, path: &str) -> reqwest::Response {
    let url = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("{}/admin/api/{VERSION}/{path}", desk.sandbox.base_url)
    };
    desk.http.get(url).header("x-shopify-access-token", &desk.token).send().await.unwrap()
}

#[tokio::test]
async fn lists_have_cursors_in_the_link_header() {
    let desk = Desk::open().await;
    for number in 0..3 {
        desk.order(&format!("SO-{number}"));
    }
    let first = get(&desk, "orders.json?limit=2").await;
    assert_eq!(first.headers()["x-shopify-shop-api-call-limit"], "1/40");
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    let body: Value = first.json().await.unwrap();
    let order = &body["orders"][0];
    assert!(order["id"].is_u64());
    assert_eq!((&order["total_price"], &order["financial_status"]), (&json!("21.00"), &json!("paid")));
    assert_eq!(
        (&order["line_items"][0]["quantity"], &order["fulfillment_status"]),
        (&json!(2), &Value::Null)
    );
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    let second = get(&desk, next).await;
    assert!(second.headers().get("link").is_none());
    let second: Value = second.json().await.unwrap();
    assert_eq!(second["orders"].as_array().unwrap().len(), 1);
    assert_eq!(get(&desk, &format!("{next}&status=any")).await.status(), 400, "no filter with a cursor");
    assert_eq!(get(&desk, &format!("orders/{}.json", order["id"])).await.status(), 200);
    assert_eq!(get(&desk, "orders/1.json").await.status(), 404);
}

#[tokio::test]
async fn too_many_calls_get_429_with_decimal_seconds() {
    let desk =
        Desk::with(ShopifyConfig { rest_bucket: 3, rest_per_second: 1, ..ShopifyConfig::default() }).await;
    let mut last = None;
    for _ in 0..5 {
        last = Some(get(&desk, "customers.json").await);
    }
    let last = last.unwrap();
    assert_eq!(last.status(), 429);
    assert!(last.headers()["retry-after"].to_str().unwrap().contains('.'));
    assert_eq!(last.headers()["x-shopify-shop-api-call-limit"], "3/3");
}
