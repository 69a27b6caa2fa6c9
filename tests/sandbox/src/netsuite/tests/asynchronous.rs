//! Jobs: `Prefer: respond-async`, batches, idempotency keys.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::netsuite::{IdempotencyKeys, NetSuiteConfig};

fn customer(name: &str) -> Value {
    json!({"companyName": name, "subsidiary": {"id": "1"}})
}

async fn submit(desk: &Desk, key: &str, body: &Value) -> Response {
    let request = desk.ask(Method::POST, "/customer").header("prefer", "respond-async");
    request.header("x-netsuite-idempotency-key", key).json(body).send().await.unwrap()
}

fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

async fn read(desk: &Desk, url: &str) -> (u16, Value) {
    parts(desk.http.get(url).bearer_auth(&desk.token).send().await.unwrap()).await
}

#[tokio::test]
async fn a_key_used_twice_names_the_first_job() {
    let desk = Desk::open().await;
    let first = submit(&desk, "k-1", &customer("A")).await;
    assert_eq!(first.status(), 202);
    let job = location(&first);
    let again = submit(&desk, "k-1", &customer("A")).await;
    assert_eq!(location(&again), job);
    let (status, body) = parts(again).await;
    assert_eq!((status, told(&body).0.as_str()), (400, "IDEMPOTENCY_ERROR"));
    assert_eq!(desk.sandbox.count("customer"), 1);
    let (_, state) = read(&desk, &job).await;
    assert_eq!((&state["completed"], &state["progress"]), (&json!(true), &json!("succeeded")));
    let request = desk.http.get(format!("{job}/task/1/result")).bearer_auth(&desk.token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert!(location(&response).contains("/customer/"));
}

#[tokio::test]
async fn ignored_keys_write_twice() {
    let config = NetSuiteConfig { idempotency: IdempotencyKeys::Ignored, ..NetSuiteConfig::unlimited() };
    let desk = Desk::with(config).await;
    let body = json!({"itemId": "W", "basePrice": 1});
    desk.made("serviceSaleItem", body).await;
    let memo = |name: &str| json!({"companyName": name, "subsidiary": {"id": "1"}, "entityId": name});
    submit(&desk, "k", &memo("A")).await;
    submit(&desk, "k", &memo("B")).await;
    assert_eq!(desk.sandbox.count("customer"), 2);
}

#[tokio::test]
async fn a_batch_tells_of_each_record() {
    let desk = Desk::open().await;
    let body = json!({"items": [customer("A"), customer("A"), customer("C")]});
    let request = desk.ask(Method::POST, "/customer").header("prefer", "respond-async");
    let kind = "application/vnd.oracle.resource+json; type=collection";
    let response = request.header("content-type", kind).body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 202);
    let (_, result) = read(&desk, &format!("{}/task/1/result", location(&response))).await;
    let states: Vec<_> =
        result["items"].as_array().unwrap().iter().map(|own| own["status"].clone()).collect();
    assert_eq!(states, [204, 400, 204]);
    assert_eq!(desk.sandbox.count("customer"), 2);
    let many: Vec<Value> = (0..101).map(|n| customer(&format!("N{n}"))).collect();
    let request = desk.ask(Method::POST, "/customer").header("prefer", "respond-async");
    let body = json!({ "items": many }).to_string();
    assert_eq!(request.header("content-type", kind).body(body).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_job_takes_its_time() {
    let desk = Desk::with(NetSuiteConfig { job_ms: 60_000, ..NetSuiteConfig::unlimited() }).await;
    let job = location(&submit(&desk, "k", &customer("A")).await);
    assert_eq!(read(&desk, &job).await.1["completed"], false);
    assert_eq!(read(&desk, &format!("{job}/task/1/result")).await.0, 404);
    desk.sandbox.advance_clock(60);
    assert_eq!(read(&desk, &job).await.1["completed"], true);
    assert_eq!(read(&desk, &format!("{job}/task")).await.1["count"], 1);
}
