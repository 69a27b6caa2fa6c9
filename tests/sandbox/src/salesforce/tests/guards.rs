//! Limits, faults, and what is not modelled.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::faults::Fault;
use crate::salesforce::SalesforceConfig;

#[tokio::test]
async fn the_days_requests_end_in_403() {
    let desk = Desk::with(SalesforceConfig { daily_limit: 3, ..SalesforceConfig::default() }).await;
    let first = desk.ask(Method::GET, "/limits").send().await.unwrap();
    assert_eq!(first.headers()["sforce-limit-info"], "api-usage=1/3");
    assert_eq!(parts(first).await.1["DailyApiRequests"], json!({"Max": 3, "Remaining": 2}));
    desk.get("/limits").await;
    desk.get("/limits").await;
    let refused = desk.ask(Method::GET, "/limits").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (403, None));
    assert_eq!(
        told(&parts(refused).await.1),
        ("REQUEST_LIMIT_EXCEEDED".into(), "TotalRequests Limit exceeded.".into())
    );
    assert_eq!(desk.sandbox.stats()["throttled"], 1);
    desk.sandbox.advance_clock(24 * 3600);
    let desk = Desk { token: desk.sandbox.issue_tokens().access_token, ..desk };
    assert_eq!(desk.get("/limits").await.0, 200);
}

#[tokio::test]
async fn faults_speak_as_the_provider_does() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force(Fault::TooManyRequests, 1);
    let (status, body) = desk.get("/limits").await;
    assert_eq!((status, told(&body).0.as_str()), (403, "REQUEST_LIMIT_EXCEEDED"), "there is no 429");
    desk.sandbox.faults.force(Fault::ServerError, 1);
    assert_eq!(told(&desk.get("/limits").await.1).0, "UNKNOWN_EXCEPTION");
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    let body = json!({"Name": "Lost"});
    assert!(desk.ask(Method::POST, "/sobjects/Account").json(&body).send().await.is_err());
    assert_eq!(desk.sandbox.count("Account"), 1);
}

#[tokio::test]
async fn what_is_not_modelled_is_refused_and_counted() {
    let desk = Desk::open().await;
    for path in
        ["/sobjects/Case", "/jobs/query", "/query?q=SELECT+Id+FROM+Case", "/sobjects/Account/001?foo=1"]
    {
        let (status, body) = desk.get(path).await;
        let counted = path.contains("foo");
        assert_eq!(status, if counted { 404 } else { 501 }, "{path}: {body}");
    }
    assert_eq!(desk.write(Method::POST, "/composite", json!({})).await.0, 501);
    assert_eq!(desk.write(Method::POST, "/sobjects/User", json!({"Name": "x"})).await.0, 501);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 5);
    let old = desk.http.get(format!("{}/services/data/v20.0/limits", desk.sandbox.base_url));
    assert_eq!(parts(old.bearer_auth(&desk.token).send().await.unwrap()).await.0, 404);
}

#[tokio::test]
async fn requests_have_a_form_to_keep() {
    let desk = Desk::open().await;
    let plain = desk.ask(Method::POST, "/sobjects/Account").body("{}");
    assert_eq!(parts(plain.send().await.unwrap()).await.0, 415);
    let torn =
        desk.ask(Method::POST, "/sobjects/Account").header("content-type", "application/json").body("{");
    assert_eq!(told(&parts(torn.send().await.unwrap()).await.1).0, "JSON_PARSER_ERROR");
    let long = format!("/query?q={}", "x".repeat(16_384));
    assert_eq!(desk.get(&long).await.0, 414);
    let versions = desk.http.get(format!("{}/services/data/", desk.sandbox.base_url)).send().await.unwrap();
    let (_, versions) = parts(versions).await;
    assert!(versions.as_array().unwrap().iter().any(|own| own["version"] == "67.0"));
}

#[tokio::test]
async fn a_run_is_steered_over_http_and_recorded() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    let base = desk.sandbox.base_url.clone();
    let post = async |path: &str, body: Value| {
        parts(desk.http.post(format!("{base}/admin/{path}")).json(&body).send().await.unwrap()).await
    };
    let (status, made) = post("create/Account", json!({"Name": "A"})).await;
    assert_eq!(status, 200, "{made}");
    let id = made["Id"].as_str().unwrap();
    assert_eq!(post(&format!("edit/Account/{id}"), json!({"Phone": "1"})).await.1["Phone"], "1");
    post("advance/7201", json!({})).await;
    assert_eq!(desk.get("/limits").await.0, 401, "the clock moved past the session");
    post(&format!("delete/Account/{id}"), json!({})).await;
    let (_, stats) = parts(desk.http.get(format!("{base}/admin/stats")).send().await.unwrap()).await;
    assert_eq!((&stats["creates"], &stats["records"]["Account"]), (&json!(0), &json!(0)));
    let taken = desk.sandbox.recorder.take();
    assert_eq!((taken.len(), taken[0].status), (1, 401));
}
