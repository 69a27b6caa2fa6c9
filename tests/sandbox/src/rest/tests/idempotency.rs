use serde_json::{Value, json};

use super::super::{Idempotency, RestConfig, RestSandbox};
use super::{customer, sandbox, with_records};
use crate::faults::Fault;
use crate::test_client::client;

async fn mode(idempotency: Idempotency) -> RestSandbox {
    sandbox(RestConfig { idempotency, ..with_records(0) }).await
}

fn create(sandbox: &RestSandbox, key: &str, body: &Value) -> reqwest::RequestBuilder {
    let url = format!("{}/customers", sandbox.base_url);
    client().post(url).header("Idempotency-Key", key).json(body)
}

#[tokio::test]
async fn an_honoured_key_gives_the_first_answer_again() {
    let sandbox = mode(Idempotency::Honoured).await;
    let body = customer("C-1");
    let first = create(&sandbox, "k1", &body).send().await.unwrap();
    let (status, first) = (first.status(), first.text().await.unwrap());
    let again = create(&sandbox, "k1", &body).send().await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!((again.status(), again.text().await.unwrap()), (status, first));
    let other = create(&sandbox, "k1", &customer("C-2")).send().await.unwrap();
    assert_eq!(other.status(), 422);
    let error: Value = other.json().await.unwrap();
    assert_eq!(error["error"]["code"], json!("idempotency_mismatch"));
    assert_eq!(sandbox.records("customers").len(), 1);
    assert_eq!(sandbox.stats()["replays"], json!(1));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_key_survives_commit_then_drop() {
    let sandbox = mode(Idempotency::Honoured).await;
    sandbox.faults.force_write(Fault::DropAfter, 1);
    assert!(create(&sandbox, "k1", &customer("C-1")).send().await.is_err());
    let again = create(&sandbox, "k1", &customer("C-1")).send().await.unwrap();
    assert_eq!(again.status(), 201);
    assert_eq!(sandbox.records("customers").len(), 1);
    sandbox.stop().await;
}

#[tokio::test]
async fn concurrent_requests_with_one_key_write_once() {
    let sandbox = mode(Idempotency::Honoured).await;
    let body = customer("C-1");
    let calls = (0..16).map(|_| create(&sandbox, "k1", &body).send());
    let answers = futures::future::join_all(calls).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().status() == 201));
    assert_eq!(sandbox.records("customers").len(), 1);
    sandbox.stop().await;
}

#[tokio::test]
async fn an_ignored_key_changes_nothing() {
    let sandbox = mode(Idempotency::Ignored).await;
    for _ in 0..2 {
        let answer = create(&sandbox, "k1", &customer("C-1")).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    assert_eq!(sandbox.duplicates().len(), 1);
    sandbox.stop().await;
}

#[tokio::test]
async fn an_unsupported_key_is_refused() {
    let sandbox = mode(Idempotency::Unsupported).await;
    let answer = create(&sandbox, "k1", &customer("C-1")).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(sandbox.records("customers").is_empty());
    sandbox.stop().await;
}
