//! Limits, permissions, faults, what is not modelled, and the administrative routes.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::faults::Fault;
use crate::netsuite::NetSuiteConfig;

#[tokio::test]
async fn concurrency_is_the_limit() {
    let desk = Desk::with(NetSuiteConfig { latency_ms: 300, ..NetSuiteConfig::default() }).await;
    let calls = (0..7).map(|_| desk.ask(Method::GET, "/customer").send());
    let answers = futures::future::join_all(calls).await;
    let mut refused = answers.into_iter().map(Result::unwrap).filter(|own| own.status() == 429);
    let first = refused.next().unwrap();
    assert_eq!(first.headers().get("retry-after"), None, "it is not promised");
    assert_eq!(told(&parts(first).await.1).0, "CONCURRENCY_LIMIT_EXCEEDED");
    assert_eq!(refused.count(), 1);
    let url = format!("{}/services/rest/system/v1/governanceLimits", desk.sandbox.base_url);
    let (_, limits) = parts(desk.http.get(url).bearer_auth(&desk.token).send().await.unwrap()).await;
    assert_eq!(limits["accountConcurrencyLimit"], 5);
}

#[tokio::test]
async fn permissions_can_be_missing() {
    let desk = Desk::open().await;
    desk.sandbox.forbid("invoice", true);
    desk.sandbox.forbid("suiteql", true);
    let (status, body) = desk.get("/invoice").await;
    assert_eq!((status, told(&body).0.as_str()), (403, "INSUFFICIENT_PERMISSION"));
    assert_eq!(desk.query("SELECT id FROM customer", "").await.0, 403);
    assert_eq!(desk.get("/customer").await.0, 200);
    desk.sandbox.forbid("invoice", false);
    assert_eq!(desk.get("/invoice").await.0, 200);
}

#[tokio::test]
async fn faults_speak_as_the_provider_does() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force(Fault::TooManyRequests, 1);
    assert_eq!(told(&desk.get("/customer").await.1).0, "CONCURRENCY_LIMIT_EXCEEDED");
    desk.sandbox.faults.force(Fault::ServerError, 1);
    assert_eq!(told(&desk.get("/customer").await.1).0, "UNEXPECTED_ERROR");
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    let body = json!({"companyName": "Lost", "subsidiary": {"id": "1"}});
    assert!(desk.ask(Method::POST, "/customer").json(&body).send().await.is_err());
    assert_eq!(desk.sandbox.count("customer"), 1);
}

#[tokio::test]
async fn what_is_not_modelled_is_refused_and_counted() {
    let desk = Desk::open().await;
    for path in ["/employee", "/customer?foo=1", "/customer/1/addressBook/2/x"] {
        let (status, body) = desk.get(path).await;
        assert_eq!((status, told(&body).0.as_str()), (501, "NOT_MODELLED"), "{path}");
    }
    let (status, _, _) = desk.write(Method::POST, "/subsidiary", json!({"name": "New"})).await;
    assert_eq!(status, 501);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 4);
}

#[tokio::test]
async fn a_run_is_steered_over_http_and_recorded() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    let base = desk.sandbox.base_url.clone();
    let post = async |path: &str, body: Value| {
        parts(desk.http.post(format!("{base}/admin/{path}")).json(&body).send().await.unwrap()).await
    };
    let (status, made) =
        post("create/customer", json!({"companyName": "A", "subsidiary": {"id": "1"}})).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(post(&format!("edit/customer/{id}"), json!({"phone": "1"})).await.1["phone"], "1");
    post("advance/7200", json!({})).await;
    assert_eq!(desk.get("/customer").await.0, 401, "the clock moved past the token");
    post(&format!("delete/customer/{id}"), json!({})).await;
    let (_, stats) = parts(desk.http.get(format!("{base}/admin/stats")).send().await.unwrap()).await;
    assert_eq!((&stats["creates"], &stats["records"]["customer"]), (&json!(0), &json!(0)));
    let taken = desk.sandbox.recorder.take();
    assert_eq!((taken.len(), taken[0].status), (1, 401));
}
