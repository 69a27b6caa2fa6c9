use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::{Clock, CrowdConfig, CrowdSandbox, start};
use crate::test_client::client;

async fn crowd(
    calls: u32,
    concurrency: u32,
    delay_ms: std::ops::Range<u64>,
) -> (CrowdSandbox, Arc<AtomicI64>) {
    let now = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&now);
    let clock = Clock::new(move || read.load(Ordering::SeqCst));
    let per = Duration::from_secs(10);
    (start(CrowdConfig { calls, per, concurrency, delay_ms, clock }).await.unwrap(), now)
}

async fn post(client: &Client, crowd: &CrowdSandbox, realm: &str) -> StatusCode {
    let request = client.post(format!("{}/things", crowd.base_url)).bearer_auth(format!("key-{realm}"));
    request.json(&json!({"external_id": "C-1", "name": "Ada"})).send().await.unwrap().status()
}

#[tokio::test]
async fn every_realm_has_a_window_of_its_own() {
    let (crowd, now) = crowd(2, 9, 0..0).await;
    let client = client();
    for at in [0, 5_000_000] {
        now.store(at, Ordering::SeqCst);
        assert_eq!(post(&client, &crowd, "a").await, StatusCode::CREATED);
    }
    now.store(9_999_999, Ordering::SeqCst);
    assert_eq!(post(&client, &crowd, "a").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(post(&client, &crowd, "b").await, StatusCode::CREATED);
    now.store(10_000_000, Ordering::SeqCst);
    assert_eq!(post(&client, &crowd, "a").await, StatusCode::CREATED);
    let ledger = crowd.ledgers()["a"].clone();
    assert_eq!((ledger.calls.len(), ledger.refused_by_rate, ledger.twice), (3, 1, 2));
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_refused() {
    let (crowd, _) = crowd(100, 2, 100..101).await;
    let client = client();
    let all = futures::future::join_all((0..3).map(|_| post(&client, &crowd, "a"))).await;
    assert_eq!(all.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count(), 1);
    let ledger = crowd.ledgers()["a"].clone();
    assert_eq!((ledger.most_at_once, ledger.refused_by_concurrency), (2, 1));
    assert_eq!(post(&client, &crowd, "a").await, StatusCode::CREATED, "places are free again");
}

#[tokio::test]
async fn a_key_tells_its_realm_and_things_are_found_again() {
    let (crowd, _) = crowd(100, 9, 0..0).await;
    let client = client();
    let get = async |path: &str| -> Value {
        let request = client.get(format!("{}{path}", crowd.base_url)).bearer_auth("key-r7");
        request.send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(get("/me").await["id"], "r7");
    assert_eq!(post(&client, &crowd, "r7").await, StatusCode::CREATED);
    assert_eq!(get("/things/t1").await["name"], "Ada");
    assert_eq!(get("/things?external_id=C-1").await["data"][0]["id"], "t1");
    assert_eq!(get("/things/t2").await["error"]["code"], "not_found");
    let nobody = client.get(format!("{}/me", crowd.base_url)).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}
