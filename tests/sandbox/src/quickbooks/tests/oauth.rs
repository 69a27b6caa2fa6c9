//! Authorization, tokens, rotation.

use reqwest::redirect::Policy;
use serde_json::Value;
use url::Url;

use super::desk::{Desk, parts};
use crate::quickbooks::{QuickBooksConfig, start};
use crate::test_client::client;

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

#[expect(clippy::disallowed_methods, reason = "a test's client that does not follow redirects")]
fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

async fn consent(base: &str, extra: &[(&str, &str)]) -> Url {
    let mut query = vec![
        ("client_id", "qbo-client"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "com.intuit.quickbooks.accounting"),
        ("state", "s-1"),
    ];
    query.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    query.extend(extra);
    let response = browser().get(format!("{base}/connect/oauth2")).query(&query).send().await.unwrap();
    assert_eq!(response.status(), 302);
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
}

async fn token(base: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = client().post(format!("{base}/oauth2/v1/tokens/bearer"));
    parts(request.basic_auth("qbo-client", Some("qbo-secret")).form(form).send().await.unwrap()).await
}

#[tokio::test]
async fn a_code_is_redeemed_once() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    let back = consent(&sandbox.base_url, &[]).await;
    assert_eq!(value(&back, "state"), "s-1");
    assert_eq!(value(&back, "realmId"), sandbox.realm_id);
    let code = value(&back, "code");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
    let (status, tokens) = token(&sandbox.base_url, &form).await;
    assert_eq!(status, 200);
    assert_eq!(tokens["expires_in"], 3600);
    assert!(tokens["x_refresh_token_expires_in"].is_u64());
    let (status, again) = token(&sandbox.base_url, &form).await;
    assert_eq!((status, &again["error"]), (400, &Value::from("invalid_grant")));
}

#[tokio::test]
async fn pkce_and_the_redirect_are_checked() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    // The pair of RFC 7636, appendix B.
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for (verifier, redirect, wanted) in
        [(verifier, REDIRECT, 200), ("wrong", REDIRECT, 400), (verifier, "http://elsewhere/", 400)]
    {
        let extra = [("code_challenge", challenge), ("code_challenge_method", "S256")];
        let code = value(&consent(&sandbox.base_url, &extra).await, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        assert_eq!(token(&sandbox.base_url, &form).await.0, wanted);
    }
}

#[tokio::test]
async fn consent_refuses_what_is_missing() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    for (name, given, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "openid", "invalid_scope"),
        ("state", "", "invalid_request"),
    ] {
        let back = consent(&sandbox.base_url, &[(name, given)]).await;
        assert_eq!(value(&back, "error"), error);
        assert_eq!(value(&back, "code"), "");
    }
    let config = QuickBooksConfig { authorize_error: Some("access_denied".into()), ..Default::default() };
    let denied = start(config).await.unwrap();
    assert_eq!(value(&consent(&denied.base_url, &[]).await, "error"), "access_denied");
}

#[tokio::test]
async fn refresh_rotates_with_a_grace() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    let base = sandbox.base_url.clone();
    let first = sandbox.issue_tokens().refresh_token;
    let refresh = |value: String| {
        let base = base.clone();
        async move { token(&base, &[("grant_type", "refresh_token"), ("refresh_token", &value)]).await }
    };
    let (status, answer) = refresh(first.clone()).await;
    assert_eq!(status, 200);
    let second = answer["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(refresh(first.clone()).await.0, 200, "usable within the grace");
    sandbox.advance_clock(61);
    assert_eq!(refresh(first).await.1["error"], "invalid_grant");
    assert_eq!(refresh(second.clone()).await.0, 200);
    sandbox.revoke();
    assert_eq!(refresh(second).await.1["error"], "invalid_grant");
    assert_eq!(sandbox.stats().refreshes, 3);
}

#[tokio::test]
async fn clients_are_authenticated() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    let url = format!("{}/oauth2/v1/tokens/bearer", sandbox.base_url);
    let request = client().post(url).basic_auth("qbo-client", Some("wrong"));
    let (status, answer) =
        parts(request.form(&[("grant_type", "refresh_token")]).send().await.unwrap()).await;
    assert_eq!((status, &answer["error"]), (401, &Value::from("invalid_client")));
}

#[tokio::test]
async fn revoking_ends_the_connection() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/preferences").await.0, 200);
    let url = format!("{}/v2/oauth2/tokens/revoke", desk.sandbox.base_url);
    let request = client().post(url).basic_auth("qbo-client", Some("qbo-secret"));
    let body = serde_json::json!({"token": desk.token});
    assert_eq!(request.json(&body).send().await.unwrap().status(), 200);
    assert_eq!(desk.get("/preferences").await.0, 401);
}

#[tokio::test]
async fn discovery_names_this_simulator() {
    let sandbox = start(QuickBooksConfig::unlimited()).await.unwrap();
    let url = format!("{}/.well-known/openid_configuration", sandbox.base_url);
    let (_, document) = parts(client().get(url).send().await.unwrap()).await;
    assert_eq!(document["token_endpoint"], format!("{}/oauth2/v1/tokens/bearer", sandbox.base_url));
}
