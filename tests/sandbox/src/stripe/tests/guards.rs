//! Who may ask, how often, in which version.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, text};
use crate::faults::{Fault, FaultPlan};
use crate::stripe::{Access, RestrictedKey, StripeConfig};

async fn with_key(desk: &Desk, key: &str, path: &str) -> (u16, Value) {
    let url = format!("{}{path}", desk.sandbox.base_url);
    parts(desk.http.get(url).bearer_auth(key).send().await.unwrap()).await
}

#[tokio::test]
async fn keys_come_as_a_bearer_or_as_the_user_of_basic() {
    let desk = Desk::open().await;
    let url = format!("{}/v1/account", desk.sandbox.base_url);
    let answer = desk.http.get(&url).basic_auth("sk_test_headwater", Some("")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let (status, body) = parts(desk.http.get(&url).send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["type"]), (401, &json!("invalid_request_error")));
    assert_eq!(with_key(&desk, "sk_test_other", "/v1/account").await.0, 401);
    let (status, body) = with_key(&desk, "pk_test_x", "/v1/account").await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("secret_key_required")));
    assert_eq!(desk.sandbox.stats()["unauthorized"], 3);
}

#[tokio::test]
async fn rolled_and_revoked_keys_are_refused() {
    let desk = Desk::open().await;
    let key = desk.sandbox.roll_key(false);
    let (status, body) = desk.get("/v1/account").await;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("api_key_expired")));
    assert_eq!(with_key(&desk, &key, "/v1/account").await.0, 200);
    desk.sandbox.revoke();
    assert_eq!(with_key(&desk, &key, "/v1/account").await.0, 401);
}

#[tokio::test]
async fn a_restricted_key_names_what_it_lacks() {
    let permissions = BTreeMap::from([("customer".to_owned(), Access::Read)]);
    let restricted = RestrictedKey { key: "rk_test_reader".into(), permissions };
    let config = StripeConfig { restricted_keys: vec![restricted], ..StripeConfig::unlimited() };
    let desk = Desk::with(config).await;
    assert_eq!(with_key(&desk, "rk_test_reader", "/v1/customers").await.0, 200);
    let (status, body) = with_key(&desk, "rk_test_reader", "/v1/invoices").await;
    assert_eq!(status, 403);
    assert!(text(&body["error"]["message"]).contains("rak_invoice_read"));
    let url = format!("{}/v1/customers", desk.sandbox.base_url);
    let answer = desk.http.post(url).bearer_auth("rk_test_reader").send().await.unwrap();
    let (status, body) = parts(answer).await;
    assert_eq!(status, 403);
    assert!(text(&body["error"]["message"]).contains("rak_customer_write"));
}

#[tokio::test]
async fn test_objects_are_not_there_for_a_live_key() {
    let desk = Desk::open().await;
    let id = desk.customer("a@example.com").await;
    let (status, body) = with_key(&desk, "sk_live_headwater", &format!("/v1/customers/{id}")).await;
    assert_eq!((status, &body["error"]["code"]), (404, &json!("resource_missing")));
    assert!(text(&body["error"]["message"]).contains("similar object exists in test mode"));
    assert_eq!(body["error"]["param"], "id");
}

#[tokio::test]
async fn versions_are_checked_and_echoed() {
    let desk = Desk::open().await;
    let asked =
        |version: &'static str| desk.request(Method::GET, "/v1/account").header("stripe-version", version);
    for version in ["2023-10-16", "2024-09-30.acacia", "2025-03-31.basil", "2026-08-26.dahlia"] {
        let answer = asked(version).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["stripe-version"].to_str().unwrap()),
            (200, version)
        );
    }
    for version in ["2025-13-01.basil", "2025-03-31", "2025-03-31.acacia", "basil", "2025-3-31.basil"] {
        assert_eq!(asked(version).send().await.unwrap().status(), 400, "{version}");
    }
    let answer = desk.request(Method::GET, "/v1/account").send().await.unwrap();
    assert_eq!(answer.headers()["stripe-version"], "2025-09-30.clover");
    assert!(answer.headers()["request-id"].to_str().unwrap().starts_with("req_"));
}

#[tokio::test]
async fn an_account_has_a_limit_and_every_endpoint_another() {
    let config = StripeConfig {
        test_per_second: 4,
        endpoint_per_second: 2,
        search_per_second: 1,
        ..StripeConfig::unlimited()
    };
    let desk = Desk::with(config).await;
    let mut reasons = Vec::new();
    for path in [
        "/v1/customers",
        "/v1/customers",
        "/v1/customers",
        "/v1/customers/search?query=name:'x'",
        "/v1/products",
    ] {
        let answer = desk.request(Method::GET, path).send().await.unwrap();
        assert!(!answer.headers().contains_key("retry-after"));
        let reason =
            answer.headers().get("stripe-rate-limited-reason").map(|r| r.to_str().unwrap().to_owned());
        reasons.push((answer.status().as_u16(), reason));
    }
    let limited = |reason: &str| (429, Some(reason.to_owned()));
    assert_eq!(reasons[..2], [(200, None), (200, None)]);
    assert_eq!(reasons[2..], [limited("endpoint-rate"), (200, None), limited("global-rate")]);
    let (_, body) = desk.get("/v1/products").await;
    assert_eq!(body["error"]["code"], "rate_limit");
    desk.sandbox.advance_clock(1);
    assert_eq!(desk.get("/v1/products").await.0, 200);
    assert_eq!(desk.sandbox.stats()["throttled"], 3);
}

#[tokio::test]
async fn live_mode_has_the_wider_limit() {
    let desk = Desk::with(StripeConfig { endpoint_per_second: 0, ..StripeConfig::default() }).await;
    let mut test = 0;
    for _ in 0..30 {
        test += u32::from(with_key(&desk, "sk_test_headwater", "/v1/account").await.0 == 429);
        assert_eq!(with_key(&desk, "sk_live_headwater", "/v1/account").await.0, 200);
    }
    assert!(test > 0, "25 a second in test mode");
}

#[tokio::test]
async fn too_many_at_once_and_locked_objects_are_429_too() {
    let faults = FaultPlan { slow_ms: 400, ..FaultPlan::default() };
    let desk = Desk::with(StripeConfig { concurrency: 1, faults, ..StripeConfig::unlimited() }).await;
    desk.sandbox.faults.force(Fault::Slow, 1);
    let slow = desk.get("/v1/account");
    let other = async {
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        desk.request(Method::GET, "/v1/account").send().await.unwrap()
    };
    let (slow, other) = tokio::join!(slow, other);
    assert_eq!((slow.0, other.status().as_u16()), (200, 429));
    assert_eq!(other.headers()["stripe-rate-limited-reason"], "global-concurrency");
    let id = desk.customer("a@example.com").await;
    desk.sandbox.lock(&id, 1);
    let path = format!("/v1/customers/{id}");
    let answer = desk.form(&path, &[("name", "A")]).send().await.unwrap();
    assert_eq!(answer.headers()["stripe-should-retry"], "true");
    let (status, body) = parts(answer).await;
    assert_eq!((status, &body["error"]["code"]), (429, &json!("lock_timeout")));
    assert_eq!(desk.post(&path, &[("name", "A")]).await.0, 200);
}

#[tokio::test]
async fn a_payment_intent_can_be_updated_so_often_an_hour() {
    let desk = Desk::with(StripeConfig { intent_updates_per_hour: 2, ..StripeConfig::unlimited() }).await;
    let intent = desk.write("/v1/payment_intents", &[("amount", "500"), ("currency", "usd")]).await;
    let path = format!("/v1/payment_intents/{}", text(&intent["id"]));
    for wanted in [200, 200, 429] {
        assert_eq!(desk.post(&path, &[("description", "x")]).await.0, wanted);
    }
    desk.sandbox.advance_clock(3600);
    assert_eq!(desk.post(&path, &[("description", "x")]).await.0, 200);
}

#[tokio::test]
async fn what_is_not_modelled_says_so() {
    let desk = Desk::open().await;
    for path in
        ["/v1/subscriptions", "/v1/invoices/upcoming", "/v1/customers/cus_1/sources", "/v2/core/events"]
    {
        let (status, body) = desk.get(path).await;
        assert_eq!((status, &body["error"]["code"]), (501, &json!("not_modelled")), "{path}");
    }
    assert_eq!(desk.post("/v1/charges", &[("amount", "100")]).await.0, 501);
    assert_eq!(desk.post("/v1/invoices/create_preview", &[]).await.0, 501);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 6);
}
