use std::time::Duration;

use serde_json::json;

use super::super::RestConfig;
use super::{customer, get, post, sandbox, with_records};
use crate::faults::{Fault, FaultPlan};
use crate::test_client::client;

#[tokio::test]
async fn commit_then_drop_commits_and_the_caller_gets_an_error() {
    let sandbox = sandbox(with_records(0)).await;
    let url = format!("{}/customers", sandbox.base_url);
    for fault in [Fault::DropAfter, Fault::DropBefore] {
        sandbox.faults.force_write(fault, 1);
        let sent = client().post(&url).json(&customer("C-1")).send().await;
        assert!(sent.is_err());
    }
    assert_eq!(sandbox.records("customers").len(), 1);
    assert_eq!(get(&sandbox, "/customers").await.0, 200);
    let stats = sandbox.stats();
    assert_eq!(stats["faults"], json!({"drop_after": 1, "drop_before": 1}));
    assert_eq!(stats["writes"], json!(1));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_truncated_write_is_stored_and_an_html_one_is_not() {
    let sandbox = sandbox(with_records(0)).await;
    let url = format!("{}/customers", sandbox.base_url);
    sandbox.faults.force(Fault::Truncated, 1);
    let answer = client().post(&url).json(&customer("C-1")).send().await.unwrap();
    assert!(answer.text().await.is_err());
    sandbox.faults.force(Fault::Html, 1);
    let answer = client().post(&url).json(&customer("C-2")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().starts_with("<!doctype html>"));
    assert_eq!(sandbox.records("customers").len(), 1);
    sandbox.stop().await;
}

#[tokio::test]
async fn faults_are_set_forced_and_reset_over_http() {
    let sandbox = sandbox(with_records(1)).await;
    let plan = json!({"seed": 9, "p429": 1.0, "retry_after_s": 2});
    assert_eq!(post(&sandbox, "/admin/faults", &plan).await.0, 200);
    assert_eq!(get(&sandbox, "/customers").await.0, 429);
    assert_eq!(sandbox.faults.plan().retry_after_s, Some(2));
    let unknown = json!({"p429": 1.0, "p503": 1.0});
    assert_eq!(post(&sandbox, "/admin/faults", &unknown).await.0, 400);
    sandbox.faults.set(FaultPlan::default());
    let force = json!({"fault": "server_error", "times": 2, "writes_only": true});
    assert_eq!(post(&sandbox, "/admin/force", &force).await.0, 200);
    assert_eq!(get(&sandbox, "/customers").await.0, 200);
    assert_eq!(post(&sandbox, "/customers", &customer("C-1")).await.0, 500);
    assert_eq!(post(&sandbox, "/admin/reset", &json!({})).await.0, 200);
    assert_eq!(post(&sandbox, "/customers", &customer("C-1")).await.0, 201);
    let (_, stats) = get(&sandbox, "/admin/stats").await;
    assert_eq!((&stats["requests"], &stats["faults"]), (&json!(1), &json!({})));
    sandbox.stop().await;
}

#[tokio::test]
async fn the_rate_limit_answers_429_with_the_seconds_to_wait() {
    let sandbox = sandbox(RestConfig { rate_per_minute: Some(2), ..with_records(1) }).await;
    for _ in 0..2 {
        assert_eq!(get(&sandbox, "/customers").await.0, 200);
    }
    let url = format!("{}/customers", sandbox.base_url);
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    assert!(answer.headers().contains_key("date"));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_the_port_and_the_records() {
    let sandbox = sandbox(with_records(0)).await;
    post(&sandbox, "/customers", &customer("C-1")).await;
    let url = sandbox.base_url.clone();
    let down = tokio::spawn(sandbox.restart(Duration::from_secs(1)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(client().get(format!("{url}/customers")).send().await.is_err());
    let sandbox = down.await.unwrap().unwrap();
    assert_eq!(sandbox.base_url, url);
    assert_eq!(get(&sandbox, "/customers").await.1["total"], json!(1));
    sandbox.stop().await;
}
