//! Authorization code with PKCE, refresh, sessions, revocation.

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::desk::{Desk, parts, told};
use crate::kit::grants::challenge_of;
use crate::salesforce::{SalesforceConfig, SalesforceSandbox, start};
use crate::test_client::client;

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rfc-43-letters";

#[expect(
    clippy::disallowed_methods,
    reason = "a test talks to the simulator directly, not through the product's client"
)]
async fn consent(sandbox: &SalesforceSandbox, more: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(&sandbox.authorize_url()).unwrap();
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", "sf-consumer-key"),
        ("redirect_uri", REDIRECT),
        ("state", "s1"),
    ]);
    url.query_pairs_mut().extend_pairs(more);
    let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let response = http.get(url).send().await.unwrap();
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn token(sandbox: &SalesforceSandbox, form: &[(&str, &str)]) -> (u16, Value) {
    let mut all = vec![("client_id", "sf-consumer-key"), ("client_secret", "sf-consumer-secret")];
    all.extend_from_slice(form);
    parts(client().post(sandbox.token_url()).form(&all).send().await.unwrap()).await
}

async fn redeem(sandbox: &SalesforceSandbox, code: &str, verifier: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ];
    token(sandbox, &form).await
}

fn pkce() -> (String, &'static str) {
    (challenge_of(VERIFIER), "S256")
}

async fn connected(sandbox: &SalesforceSandbox, scope: &str) -> Value {
    let (challenge, method) = pkce();
    let back = consent(
        sandbox,
        &[("scope", scope), ("code_challenge", &challenge), ("code_challenge_method", method)],
    )
    .await;
    assert_eq!(parameter(&back, "state"), "s1");
    let (status, body) = redeem(sandbox, &parameter(&back, "code"), VERIFIER).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn a_code_is_worth_tokens_the_instance_and_the_identity_but_no_expiry() {
    let sandbox = start(SalesforceConfig::unlimited()).await.unwrap();
    let tokens = connected(&sandbox, "api refresh_token id").await;
    assert_eq!(tokens.get("expires_in"), None, "the session's timeout decides");
    assert_eq!(tokens["instance_url"], json!(sandbox.instance_url));
    let id = tokens["id"].as_str().unwrap();
    assert!(id.contains(&format!("/id/{}/005", sandbox.organization_id)), "{id}");
    let who = client().get(id).bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(parts(who).await.1["organization_id"], json!(sandbox.organization_id));
    assert!(tokens["refresh_token"].as_str().unwrap().starts_with("5Aep"));
    let without = connected(&sandbox, "api").await;
    assert_eq!(without.get("refresh_token"), None, "that needs a scope of its own");
}

#[tokio::test]
async fn pkce_is_compulsory_and_checked() {
    let sandbox = start(SalesforceConfig::unlimited()).await.unwrap();
    assert_eq!(parameter(&consent(&sandbox, &[]).await, "error"), "invalid_request");
    let (challenge, method) = pkce();
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", method)];
    let code = parameter(&consent(&sandbox, &asked).await, "code");
    let (status, body) = redeem(&sandbox, &code, "another-verifier").await;
    assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(redeem(&sandbox, &code, VERIFIER).await.0, 400, "the code is used up");
    let denied =
        SalesforceConfig { authorize_error: Some("access_denied".into()), ..SalesforceConfig::unlimited() };
    let sandbox = start(denied).await.unwrap();
    assert_eq!(parameter(&consent(&sandbox, &asked).await, "error"), "access_denied");
}

#[tokio::test]
async fn a_session_dies_silently_and_a_refresh_brings_another() {
    let desk = Desk::open().await;
    let tokens = connected(&desk.sandbox, "api refresh_token").await;
    desk.sandbox.advance_clock(2 * 3600 + 1);
    let (status, body) = desk.get("/limits").await;
    assert_eq!((status, told(&body).0.as_str()), (401, "INVALID_SESSION_ID"));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let (status, fresh) = token(&desk.sandbox, &form).await;
    assert_eq!((status, fresh.get("refresh_token")), (200, None), "without rotation the old one stays");
    let desk = Desk { token: fresh["access_token"].as_str().unwrap().into(), ..desk };
    assert_eq!(desk.get("/limits").await.0, 200);
    desk.sandbox.revoke();
    assert_eq!(desk.get("/limits").await.0, 401);
    assert_eq!(token(&desk.sandbox, &form).await.1["error"], "invalid_grant");
    assert_eq!(desk.sandbox.stats()["refreshes"], 1);
}

#[tokio::test]
async fn rotation_kills_the_refresh_token_before() {
    let config = SalesforceConfig { refresh_rotation: true, ..SalesforceConfig::unlimited() };
    let sandbox = start(config).await.unwrap();
    let first = sandbox.issue_tokens().refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", first.as_str())];
    let (_, fresh) = token(&sandbox, &form).await;
    let second = fresh["refresh_token"].as_str().unwrap();
    assert_ne!(second, first);
    assert_eq!(token(&sandbox, &form).await.1["error"], "invalid_grant");
    let form = [("grant_type", "refresh_token"), ("refresh_token", second)];
    assert_eq!(token(&sandbox, &form).await.0, 200);
}

#[tokio::test]
async fn a_token_can_be_revoked_and_needs_the_api_scope() {
    let desk = Desk::open().await;
    let revoke = format!("{}/services/oauth2/revoke", desk.sandbox.base_url);
    let weak = connected(&desk.sandbox, "id").await["access_token"].as_str().unwrap().to_owned();
    let form = [("token", desk.token.as_str())];
    assert_eq!(desk.http.post(&revoke).form(&form).send().await.unwrap().status(), 200);
    assert_eq!(desk.http.post(&revoke).form(&form).send().await.unwrap().status(), 400);
    assert_eq!(desk.get("/limits").await.0, 401);
    let desk = Desk { token: weak, ..desk };
    assert_eq!(desk.get("/limits").await.0, 403);
}

#[tokio::test]
async fn the_api_may_be_on_another_host_than_the_login() {
    let config = SalesforceConfig { separate_instance: true, ..SalesforceConfig::unlimited() };
    let desk = Desk::with(config).await;
    let tokens = connected(&desk.sandbox, "api").await;
    let instance = tokens["instance_url"].as_str().unwrap();
    assert_ne!(instance, desk.sandbox.base_url);
    assert_eq!(desk.get("/limits").await.0, 200);
    let url = format!("{}/services/data/v67.0/limits", desk.sandbox.base_url);
    let (status, _) = parts(desk.http.get(url).bearer_auth(&desk.token).send().await.unwrap()).await;
    assert_eq!(status, 501, "the login host has no API");
    desk.sandbox.stop().await;
}
