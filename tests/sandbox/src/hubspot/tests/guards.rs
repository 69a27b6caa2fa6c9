//! Who may ask, how often, and for what.

use serde_json::json;

use super::desk::{Desk, parts};
use crate::hubspot::HubSpotConfig;

#[tokio::test]
async fn scopes_are_granular() {
    let desk = Desk::open().await;
    let token = desk.sandbox.issue_tokens(&["crm.objects.contacts.read"]).access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
    assert_eq!(desk.post("/crm/v3/objects/contacts/search", json!({})).await.0, 200, "searching is reading");
    let (status, refused) = desk.post("/crm/v3/objects/contacts", json!({"properties": {}})).await;
    assert_eq!((status, &refused["category"]), (403, &json!("MISSING_SCOPES")));
    assert_eq!(refused["context"]["requiredGranularScopes"], json!(["crm.objects.contacts.write"]));
    assert_eq!(desk.get("/crm/v3/objects/deals").await.0, 403);
    let desk = Desk { token: "nonsense".into(), ..desk };
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 401);
}

#[tokio::test]
async fn ten_seconds_and_days_have_limits_with_headers() {
    let config = HubSpotConfig { requests_per_10s: 3, requests_per_day: 5, ..HubSpotConfig::default() };
    let desk = Desk::with(config).await;
    let first = desk.send("GET", "/crm/v3/objects/contacts", None).await.unwrap();
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-hubspot-ratelimit-max"), header("x-hubspot-ratelimit-remaining")),
        ("3".into(), "2".into())
    );
    assert_eq!(header("x-hubspot-ratelimit-interval-milliseconds"), "10000");
    assert_eq!(
        (header("x-hubspot-ratelimit-daily"), header("x-hubspot-ratelimit-daily-remaining")),
        ("5".into(), "4".into())
    );
    for _ in 0..2 {
        desk.get("/crm/v3/objects/contacts").await;
    }
    let (status, body) = desk.get("/crm/v3/objects/contacts").await;
    assert_eq!(
        (status, &body["policyName"], &body["errorType"]),
        (429, &json!("TEN_SECONDLY_ROLLING"), &json!("RATE_LIMIT"))
    );
    desk.sandbox.advance_clock(11);
    for _ in 0..2 {
        assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
    }
    let (status, body) = desk.get("/crm/v3/objects/contacts").await;
    assert_eq!((status, &body["policyName"]), (429, &json!("DAILY")));
    assert_eq!(desk.sandbox.stats()["throttled"], 2);
    desk.sandbox.advance_clock(24 * 3600);
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
}

#[tokio::test]
async fn searches_have_a_lower_limit_and_no_headers() {
    let config = HubSpotConfig { searches_per_second: 2, ..HubSpotConfig::default() };
    let desk = Desk::with(config).await;
    let search =
        async || desk.send("POST", "/crm/v3/objects/contacts/search", Some(&json!({}))).await.unwrap();
    let first = search().await;
    assert!(first.headers().get("x-hubspot-ratelimit-max").is_none());
    let mut last = None;
    for _ in 0..4 {
        last = Some(search().await);
    }
    let (status, body) = parts(last.unwrap()).await;
    assert_eq!((status, &body["policyName"]), (429, &json!("SECONDLY")));
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
}

#[tokio::test]
async fn an_account_being_moved_answers_477() {
    let desk = Desk::open().await;
    desk.sandbox.set_migrating(Some(3600));
    let answer = desk.send("GET", "/crm/v3/objects/contacts", None).await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (477, &"3600".parse().unwrap()));
    desk.sandbox.set_migrating(None);
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
}

#[tokio::test]
async fn anything_else_is_counted_as_not_modelled() {
    let desk = Desk::open().await;
    for path in [
        "/crm/v3/objects/calls",
        "/crm/objects/2025-01/contacts",
        "/crm/v3/imports",
        "/crm/v3/objects/contacts?propertiesWithHistory=email",
    ] {
        let (status, body) = desk.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(body["message"].as_str().unwrap().contains("not modelled"), "{body}");
    }
    assert_eq!(desk.sandbox.stats()["not_modelled"], 4);
    let request = desk.http.post(format!("{}/crm/v3/objects/contacts", desk.sandbox.base_url));
    let answer =
        request.bearer_auth(&desk.token).header("content-type", "application/json").body("{").send().await;
    assert_eq!(answer.unwrap().status(), 400);
}

#[tokio::test]
async fn the_steering_routes_edit_and_count() {
    let desk = Desk::open().await;
    let url = format!("{}/admin/create/contacts", desk.sandbox.base_url);
    let made = desk.http.post(url).json(&json!({"email": "ann@example.com"})).send().await.unwrap();
    assert_eq!(made.status(), 200);
    let (_, stats) =
        parts(desk.http.get(format!("{}/admin/stats", desk.sandbox.base_url)).send().await.unwrap()).await;
    assert_eq!(stats["creates"], 0, "by hand is none of the caller's");
    desk.sandbox.recorder.on();
    desk.get("/crm/v3/objects/contacts").await;
    let exchanges = desk.sandbox.recorder.take();
    assert_eq!(exchanges.len(), 1);
    assert!(!format!("{:?}", exchanges[0].request_headers).contains(&desk.token));
}
