//! `Idempotency-Key`.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, parts, text};
use crate::faults::{Fault, FaultPlan};
use crate::stripe::{IdempotencyKeys, StripeConfig};

async fn keyed(desk: &Desk, key: &str, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
    desk.form(path, fields).header("idempotency-key", key).send().await.unwrap()
}

#[tokio::test]
async fn the_same_key_answers_the_first_answer_again() {
    let desk = Desk::open().await;
    let fields = [("email", "a@example.com"), ("name", "A")];
    let first = keyed(&desk, "k", "/v1/customers", &fields).await;
    let first_id = first.headers()["request-id"].to_str().unwrap().to_owned();
    assert!(!first.headers().contains_key("idempotent-replayed"));
    let (_, first) = parts(first).await;
    let again = keyed(&desk, "k", "/v1/customers", &[fields[1], fields[0]]).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.headers()["original-request"].to_str().unwrap(), first_id);
    assert_eq!(again.headers()["idempotency-key"], "k");
    assert_ne!(again.headers()["request-id"].to_str().unwrap(), first_id);
    assert_eq!(parts(again).await, (200, first));
    assert_eq!(desk.sandbox.count("customer"), 1);
    assert_eq!(desk.sandbox.stats()["replays"], 1);
}

#[tokio::test]
async fn a_key_is_for_one_request_only() {
    let desk = Desk::open().await;
    keyed(&desk, "k", "/v1/customers", &[("name", "A")]).await;
    for (path, fields) in [("/v1/customers", [("name", "B")]), ("/v1/products", [("name", "A")])] {
        let (status, body) = parts(keyed(&desk, "k", path, &fields).await).await;
        assert_eq!((status, &body["error"]["type"]), (400, &json!("idempotency_error")), "{path}");
    }
    let (status, _) = parts(keyed(&desk, &"k".repeat(256), "/v1/customers", &[]).await).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_refusal_before_execution_frees_the_key() {
    let desk = Desk::open().await;
    let (status, _) = parts(keyed(&desk, "k", "/v1/customers", &[("nmae", "A")]).await).await;
    assert_eq!(status, 400);
    let (status, _) = parts(keyed(&desk, "k", "/v1/customers", &[("name", "A")]).await).await;
    assert_eq!(status, 200, "the refused request was not kept");
}

#[tokio::test]
async fn a_declined_card_is_replayed() {
    let desk = Desk::open().await;
    let fields = [
        ("amount", "500"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa_chargeDeclined"),
    ];
    for replayed in [false, true] {
        let answer = keyed(&desk, "k", "/v1/payment_intents", &fields).await;
        assert_eq!(answer.headers().contains_key("idempotent-replayed"), replayed);
        let (status, body) = parts(answer).await;
        assert_eq!((status, &body["error"]["type"]), (402, &json!("card_error")));
        assert_eq!(body["error"]["decline_code"], "generic_decline");
        assert_eq!(body["error"]["payment_intent"]["status"], "requires_payment_method");
    }
    assert_eq!(desk.sandbox.count("charge"), 1);
}

#[tokio::test]
async fn a_stored_500_is_replayed_until_another_key_is_used() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force_write(Fault::ServerError, 1);
    let fields = [("name", "A")];
    for replayed in [false, true, true] {
        let answer = keyed(&desk, "k", "/v1/customers", &fields).await;
        assert_eq!(answer.headers().contains_key("stripe-should-retry"), replayed);
        let (status, body) = parts(answer).await;
        assert_eq!((status, &body["error"]["type"]), (500, &json!("api_error")));
    }
    assert_eq!(desk.sandbox.count("customer"), 0);
    assert_eq!(keyed(&desk, "k2", "/v1/customers", &fields).await.status(), 200);
}

#[tokio::test]
async fn a_500_after_the_write_is_replayed_and_the_write_stands() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force_write(Fault::ErrorAfter, 1);
    for _ in 0..2 {
        assert_eq!(keyed(&desk, "k", "/v1/customers", &[("name", "A")]).await.status(), 500);
    }
    assert_eq!(desk.sandbox.count("customer"), 1);
}

#[tokio::test]
async fn a_lost_answer_is_found_again_with_its_key() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    let fields = [("name", "A")];
    let request = desk.form("/v1/customers", &fields).header("idempotency-key", "k");
    assert!(request.send().await.is_err());
    let answer = keyed(&desk, "k", "/v1/customers", &fields).await;
    assert_eq!(answer.headers()["idempotent-replayed"], "true");
    let (_, body) = parts(answer).await;
    assert_eq!(text(&body["id"]), text(&desk.sandbox.entities("customer")[0]["id"]));
    assert_eq!(desk.sandbox.count("customer"), 1);
}

#[tokio::test]
async fn a_429_does_not_use_the_key_up() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force_write(Fault::TooManyRequests, 1);
    let refused = keyed(&desk, "k", "/v1/customers", &[]).await;
    assert_eq!(refused.status(), 429);
    assert!(!refused.headers().contains_key("retry-after"), "not reliable on v1");
    let answer = keyed(&desk, "k", "/v1/customers", &[]).await;
    assert_eq!(answer.status(), 200);
    assert!(!answer.headers().contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn a_key_in_use_is_a_conflict() {
    let faults = FaultPlan { slow_ms: 400, ..FaultPlan::default() };
    let desk = Desk::with(StripeConfig { faults, ..StripeConfig::unlimited() }).await;
    desk.sandbox.faults.force_write(Fault::Slow, 1);
    let fields = [("name", "A")];
    let first = desk.form("/v1/customers", &fields).header("idempotency-key", "k").send();
    let second = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let answer = keyed(&desk, "k", "/v1/customers", &fields).await;
        assert_eq!(answer.headers()["stripe-should-retry"], "true");
        parts(answer).await
    };
    let (first, (status, body)): (_, (u16, Value)) = tokio::join!(first, second);
    assert_eq!((status, &body["error"]["code"]), (409, &json!("idempotency_key_in_use")));
    assert_eq!(first.unwrap().status(), 200);
    let later = keyed(&desk, "k", "/v1/customers", &fields).await;
    assert_eq!(later.headers()["idempotent-replayed"], "true");
}

#[tokio::test]
async fn keys_are_pruned_after_a_day_and_ignored_where_configured() {
    let desk = Desk::open().await;
    keyed(&desk, "k", "/v1/customers", &[]).await;
    desk.sandbox.advance_clock(24 * 3600 + 1);
    keyed(&desk, "k", "/v1/customers", &[]).await;
    assert_eq!(desk.sandbox.count("customer"), 2);
    let config = StripeConfig { idempotency: IdempotencyKeys::Ignored, ..StripeConfig::unlimited() };
    let desk = Desk::with(config).await;
    keyed(&desk, "k", "/v1/customers", &[]).await;
    keyed(&desk, "k", "/v1/customers", &[("name", "another")]).await;
    assert_eq!(desk.sandbox.count("customer"), 2);
}
