//! Authorization, tokens, rotation, connections.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::desk::{Desk, parts};
use crate::test_client::client;
use crate::xero::{Organisation, XeroConfig, start};

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
const SCOPE: &str = "offline_access accounting.contacts accounting.invoices accounting.settings";

#[expect(clippy::disallowed_methods, reason = "a test's client that does not follow redirects")]
fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

async fn consent(base: &str, extra: &[(&str, &str)]) -> Url {
    let mut query = vec![
        ("client_id", "xero-client"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", SCOPE),
        ("state", "s-1"),
    ];
    query.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    query.extend(extra);
    let url = format!("{base}/identity/connect/authorize");
    let response = browser().get(url).query(&query).send().await.unwrap();
    assert_eq!(response.status(), 302);
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
}

async fn token(base: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = client().post(format!("{base}/connect/token"));
    parts(request.basic_auth("xero-client", Some("xero-secret")).form(form).send().await.unwrap()).await
}

async fn redeem(base: &str, code: &str) -> (u16, Value) {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)];
    token(base, &form).await
}

async fn refresh(base: &str, value: &str) -> (u16, Value) {
    token(base, &[("grant_type", "refresh_token"), ("refresh_token", value)]).await
}

async fn connections(base: &str, token: &str, query: &str) -> Value {
    let request = client().get(format!("{base}/connections{query}")).bearer_auth(token);
    let (status, listed) = parts(request.send().await.unwrap()).await;
    assert_eq!(status, 200);
    listed
}

#[tokio::test]
async fn the_tenant_comes_from_connections_and_not_from_the_token() {
    let sandbox = start(XeroConfig::unlimited()).await.unwrap();
    let back = consent(&sandbox.base_url, &[]).await;
    assert_eq!(value(&back, "state"), "s-1");
    let (status, tokens) = redeem(&sandbox.base_url, &value(&back, "code")).await;
    assert_eq!((status, &tokens["expires_in"]), (200, &json!(1800)));
    let access = tokens["access_token"].as_str().unwrap();
    let listed = connections(&sandbox.base_url, access, "").await;
    assert_eq!(listed[0]["tenantId"], sandbox.tenant_id);
    assert_eq!(listed[0]["tenantType"], "ORGANISATION");
    let claims = URL_SAFE_NO_PAD.decode(access.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["authentication_event_id"], listed[0]["authEventId"]);
    let event = listed[0]["authEventId"].as_str().unwrap();
    let some = connections(&sandbox.base_url, access, &format!("?authEventId={event}")).await;
    assert_eq!(some.as_array().unwrap().len(), 1);
    let none = "?authEventId=00000000-0000-0000-0000-000000000000";
    assert_eq!(connections(&sandbox.base_url, access, none).await, json!([]));
    assert_eq!(redeem(&sandbox.base_url, &value(&back, "code")).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn broad_scopes_are_refused_to_new_apps_and_granular_ones_to_old() {
    let new = start(XeroConfig::unlimited()).await.unwrap();
    let broad = [("scope", "offline_access accounting.transactions")];
    assert_eq!(value(&consent(&new.base_url, &broad).await, "error"), "invalid_scope");
    let config = XeroConfig { granular_scopes: false, ..XeroConfig::unlimited() };
    let old = start(config).await.unwrap();
    assert_eq!(value(&consent(&old.base_url, &broad).await, "error"), "");
    assert_eq!(value(&consent(&old.base_url, &[]).await, "error"), "invalid_scope");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let sandbox = start(XeroConfig::unlimited()).await.unwrap();
    let back = consent(&sandbox.base_url, &[("scope", "accounting.contacts")]).await;
    let (_, tokens) = redeem(&sandbox.base_url, &value(&back, "code")).await;
    assert_eq!(tokens.get("refresh_token"), None);
}

#[tokio::test]
async fn refresh_tokens_work_once_and_die_unused_after_sixty_days() {
    let sandbox = start(XeroConfig::unlimited()).await.unwrap();
    let first = sandbox.issue_tokens().refresh_token.unwrap();
    let (status, answer) = refresh(&sandbox.base_url, &first).await;
    assert_eq!(status, 200);
    let second = answer["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(refresh(&sandbox.base_url, &first).await, (400, json!({"error": "invalid_grant"})));
    sandbox.advance_clock(59 * 24 * 3600);
    let (_, answer) = refresh(&sandbox.base_url, &second).await;
    sandbox.advance_clock(60 * 24 * 3600);
    let third = answer["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(&sandbox.base_url, third).await.0, 400);
    assert_eq!(sandbox.stats()["refreshes"], 2);
}

#[tokio::test]
async fn a_grace_lets_a_lost_refresh_be_repeated() {
    let config = XeroConfig { refresh_grace_s: 1800, ..XeroConfig::unlimited() };
    let sandbox = start(config).await.unwrap();
    let first = sandbox.issue_tokens().refresh_token.unwrap();
    assert_eq!(refresh(&sandbox.base_url, &first).await.0, 200);
    assert_eq!(refresh(&sandbox.base_url, &first).await.0, 200);
    sandbox.advance_clock(1801);
    assert_eq!(refresh(&sandbox.base_url, &first).await.0, 400);
}

#[tokio::test]
async fn one_organisation_can_be_removed_from_several() {
    let other = Organisation {
        tenant_id: "11111111-2222-4333-8444-555555555555".into(),
        name: "Second Ltd".into(),
        ..Organisation::default()
    };
    let organisations = vec![Organisation::default(), other.clone()];
    let desk = Desk::with(XeroConfig { organisations, ..XeroConfig::unlimited() }).await;
    let base = desk.sandbox.base_url.clone();
    let listed = connections(&base, &desk.token, "").await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(desk.get("/Contacts").await.0, 200);
    let id = listed[0]["id"].as_str().unwrap();
    let url = format!("{base}/connections/{id}");
    for wanted in [204, 404] {
        let response = desk.http.delete(&url).bearer_auth(&desk.token).send().await.unwrap();
        assert_eq!(response.status(), wanted);
    }
    let (status, body) = desk.get("/Contacts").await;
    assert_eq!((status, &body["Title"]), (403, &json!("Forbidden")));
    let request = desk.http.get(format!("{}/Contacts", desk.sandbox.api_url())).bearer_auth(&desk.token);
    let request = request.header("xero-tenant-id", &other.tenant_id).header("accept", "application/json");
    assert_eq!(request.send().await.unwrap().status(), 200, "the other organisation stays");
    desk.sandbox.connect(&desk.sandbox.tenant_id);
    assert_eq!(desk.get("/Contacts").await.0, 200);
    desk.sandbox.disconnect(&other.tenant_id);
    assert_eq!(connections(&base, &desk.token, "").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn revocation_ends_tokens_and_connections() {
    let desk = Desk::open().await;
    let tokens = desk.sandbox.issue_tokens();
    let url = format!("{}/connect/revocation", desk.sandbox.base_url);
    let request = desk.http.post(url).basic_auth("xero-client", Some("xero-secret"));
    let form = [("token", tokens.refresh_token.unwrap())];
    assert_eq!(request.form(&form).send().await.unwrap().status(), 200);
    assert_eq!(desk.get("/Contacts").await.0, 401);
}

#[tokio::test]
async fn pkce_stands_for_the_secret_of_a_public_app() {
    let sandbox = start(XeroConfig::unlimited()).await.unwrap();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let extra = [("code_challenge", challenge), ("code_challenge_method", "S256")];
    for (verifier, wanted) in [("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 200), ("wrong", 400)] {
        let code = value(&consent(&sandbox.base_url, &extra).await, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "xero-client"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        let url = format!("{}/connect/token", sandbox.base_url);
        assert_eq!(client().post(url).form(&form).send().await.unwrap().status(), wanted);
    }
}
