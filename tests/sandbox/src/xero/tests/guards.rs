//! Who is let in, how often, and in which representation.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, parts};
use crate::faults::Fault;
use crate::xero::{Limits, XeroConfig};

#[tokio::test]
async fn an_expired_token_is_401_and_a_foreign_tenant_403() {
    let desk = Desk::open().await;
    desk.sandbox.advance_clock(1800);
    let (status, body) = desk.get("/Contacts").await;
    assert_eq!(status, 401);
    assert!(body["Detail"].as_str().unwrap().contains("TokenExpired"));
    let token = desk.sandbox.issue_tokens().access_token;
    let url = format!("{}/Contacts", desk.sandbox.api_url());
    for tenant in [None, Some("00000000-0000-4000-8000-000000000000")] {
        let mut request = desk.http.get(&url).bearer_auth(&token).header("accept", "application/json");
        if let Some(tenant) = tenant {
            request = request.header("xero-tenant-id", tenant);
        }
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
}

#[tokio::test]
async fn scopes_are_looked_at() {
    let mut desk = Desk::open().await;
    let scopes = ["accounting.contacts.read".to_owned()];
    desk.token = desk.sandbox.issue_tokens_for(&scopes).access_token;
    assert_eq!(desk.get("/Contacts").await.0, 200);
    assert_eq!(desk.put("/Contacts", json!({"Name": "A"})).await.0, 403);
    assert_eq!(desk.get("/Invoices").await.0, 403);
}

#[tokio::test]
async fn json_must_be_asked_for_and_sent() {
    let desk = Desk::open().await;
    let url = format!("{}/Contacts", desk.sandbox.api_url());
    let request = desk.http.get(&url).bearer_auth(&desk.token);
    let request = request.header("xero-tenant-id", &desk.sandbox.tenant_id);
    assert_eq!(request.send().await.unwrap().status(), 501, "the default is XML");
    let request = desk.ask(Method::PUT, "/Contacts").header("content-type", "text/plain").body("{}");
    let (status, body) = parts(request.send().await.unwrap()).await;
    assert_eq!((status, &body["ErrorNumber"]), (400, &json!(14)));
    assert_eq!(desk.sandbox.stats()["not_modelled"], 1);
}

#[tokio::test]
async fn the_minute_limit_is_told_in_headers() {
    let limits = Limits { per_minute: 3, ..Limits::default() };
    let desk = Desk::with(XeroConfig { limits, ..XeroConfig::default() }).await;
    let response = desk.ask(Method::GET, "/Contacts").send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("x-minlimit-remaining"), header("x-daylimit-remaining")), ("2".into(), "4999".into()));
    assert_eq!(header("x-appminlimit-remaining"), "9999");
    desk.get("/Contacts").await;
    desk.get("/Contacts").await;
    let response = desk.ask(Method::GET, "/Contacts").send().await.unwrap();
    assert_eq!(
        (response.status(), &response.headers()["x-rate-limit-problem"]),
        (429.try_into().unwrap(), &"minute".parse().unwrap())
    );
    let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds));
    desk.sandbox.advance_clock(60);
    assert_eq!(desk.get("/Contacts").await.0, 200);
    assert_eq!(desk.sandbox.stats()["throttled"], 1);
}

#[tokio::test]
async fn the_day_limit_waits_for_hours() {
    let limits = Limits { per_minute: 0, per_day: 2, ..Limits::default() };
    let desk = Desk::with(XeroConfig { limits, ..XeroConfig::default() }).await;
    desk.get("/Contacts").await;
    desk.get("/Contacts").await;
    let response = desk.ask(Method::GET, "/Contacts").send().await.unwrap();
    assert_eq!(response.headers()["x-rate-limit-problem"], "day");
    let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds > 80_000);
}

#[tokio::test]
async fn five_calls_at_once_are_the_most() {
    let limits = Limits { per_minute: 0, ..Limits::default() };
    let desk = Desk::with(XeroConfig { limits, latency_ms: 300, ..XeroConfig::default() }).await;
    let calls = (0..7).map(|_| desk.ask(Method::GET, "/Contacts").send());
    let answers = futures::future::join_all(calls).await;
    let refused: Vec<_> = answers.into_iter().map(Result::unwrap).filter(|own| own.status() == 429).collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].headers()["x-rate-limit-problem"], "concurrent");
}

#[tokio::test]
async fn faults_speak_as_the_provider_does() {
    let desk = Desk::open().await;
    desk.sandbox.faults.force(Fault::TooManyRequests, 1);
    let response = desk.ask(Method::GET, "/Contacts").send().await.unwrap();
    assert_eq!(response.headers()["x-rate-limit-problem"], "minute");
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    let lost = desk.ask(Method::PUT, "/Contacts").json(&json!({"Name": "Lost"})).send().await;
    assert!(lost.is_err());
    assert_eq!(desk.sandbox.count("Contact"), 1, "written, and nobody was told");
    desk.sandbox.faults.force(Fault::ServerError, 1);
    assert_eq!(desk.get("/Contacts").await.0, 500);
}

#[tokio::test]
async fn what_is_not_modelled_is_refused_and_counted() {
    let desk = Desk::open().await;
    for path in ["/BankTransactions", "/Journals", "/Contacts?foo=1", "/Invoices?createdByMyApp=true"] {
        assert_eq!(desk.get(path).await.0, 501, "{path}");
    }
    assert_eq!(desk.put("/Contacts", json!({"Name": "A", "Colour": "red"})).await.0, 501);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 5);
    let (status, body) = desk.post("/Organisation", json!({"Name": "A"})).await;
    assert_eq!((status, &body["Type"]), (501, &json!("ApiMethodNotImplementedException")));
}

#[tokio::test]
async fn exchanges_are_recorded_without_tokens() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    desk.contact("Acme").await;
    let taken = desk.sandbox.recorder.take();
    assert_eq!((taken.len(), taken[0].path.as_str()), (1, "/api.xro/2.0/Contacts"));
    assert!(!format!("{taken:?}").contains(&desk.token));
}
