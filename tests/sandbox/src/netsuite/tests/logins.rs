//! Token-based authentication, and OAuth 2.0 with a user.

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::desk::{Desk, Signed, parts, told};
use crate::netsuite::auth::signature;
use crate::netsuite::{NetSuiteConfig, start};
use crate::test_client::client;

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
const STATE: &str = "a-state-of-some-length-0001";

#[test]
fn the_signature_is_hmac_sha256_under_both_secrets() {
    // Worked out with another implementation of HMAC: key `c&t`.
    assert_eq!(
        signature("GET&http%3A%2F%2Fa%2F&x%3D1", "c", "t"),
        "FFvrSCTiqyilnD6kJaawqs9sQqVKWT9TX1IxoYxRNw8="
    );
}

async fn signed(desk: &Desk, signed: &Signed, url: &str) -> u16 {
    let request = desk.http.get(url).header("authorization", signed.header("GET", url));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn signed_requests_pass_with_their_query() {
    let desk = Desk::open().await;
    desk.customer("Acme & Söhne").await;
    let url =
        format!("{}/customer?q=companyName%20CONTAIN%20%22Acme%20%26%22&limit=10", desk.sandbox.record_url());
    assert_eq!(signed(&desk, &Signed::now("nonce-1"), &url).await, 200);
    let unsigned = Signed { signs_query: false, ..Signed::now("nonce-2") };
    assert_eq!(signed(&desk, &unsigned, &url).await, 401, "the query belongs to the signature");
}

#[tokio::test]
async fn wrong_logins_are_told_only_to_the_audit_trail() {
    let desk = Desk::open().await;
    let url = format!("{}/customer", desk.sandbox.record_url());
    let good = Signed::now("nonce-a");
    for (wrong, told) in [
        (Signed { realm: "1234567-sb1".into(), ..good.clone() }, "wrong realm '1234567-sb1'"),
        (Signed { timestamp: good.timestamp - 301, ..good.clone() }, "InvalidTimestamp"),
        (Signed { secret: "other".into(), ..good.clone() }, "InvalidSignature"),
        (Signed { method_name: "HMAC-SHA1", ..good.clone() }, "signature_method_rejected"),
    ] {
        assert_eq!(signed(&desk, &wrong, &url).await, 401);
        assert_eq!(desk.sandbox.login_audit().last().unwrap(), told);
    }
    assert_eq!(signed(&desk, &good, &url).await, 200);
    let request = desk.http.get(&url).header("authorization", good.header("GET", &url));
    let response = request.send().await.unwrap();
    assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("token_rejected"));
    let (status, body) = parts(response).await;
    assert_eq!((status, told(&body).0.as_str()), (401, "INVALID_LOGIN"), "the same header again");
    assert_eq!(desk.sandbox.login_audit().last().unwrap(), "NonceUsed");
    assert_eq!(desk.sandbox.stats()["unauthorized"], 5);
    desk.sandbox.revoke();
    assert_eq!(signed(&desk, &Signed::now("nonce-b"), &url).await, 401);
    desk.sandbox.restore_token();
    assert_eq!(signed(&desk, &Signed::now("nonce-c"), &url).await, 200);
}

#[expect(clippy::disallowed_methods, reason = "a test's client that does not follow redirects")]
fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

async fn consent(base: &str, extra: &[(&str, &str)]) -> Url {
    let mut query = vec![
        ("client_id", "ns-client"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "rest_webservices"),
        ("state", STATE),
    ];
    query.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    query.extend(extra);
    let url = format!("{base}/app/login/oauth2/authorize.nl");
    let response = browser().get(url).query(&query).send().await.unwrap();
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
}

async fn token(url: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = client().post(url).basic_auth("ns-client", Some("ns-secret"));
    parts(request.form(form).send().await.unwrap()).await
}

#[tokio::test]
async fn a_user_connects_for_seven_days_and_no_longer() {
    let sandbox = start(NetSuiteConfig::unlimited()).await.unwrap();
    let back = consent(&sandbox.base_url, &[]).await;
    assert_eq!((value(&back, "state").as_str(), value(&back, "company").as_str()), (STATE, "1234567_SB1"));
    assert_eq!((value(&back, "entity"), value(&back, "role")), ("5".into(), "3".into()));
    let code = value(&back, "code");
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
    let (status, tokens) = token(&sandbox.token_url(), &form).await;
    assert_eq!((status, &tokens["expires_in"]), (200, &json!("3600")));
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    sandbox.advance_clock(6 * 24 * 3600);
    assert_eq!(token(&sandbox.token_url(), &form).await.0, 200);
    sandbox.advance_clock(24 * 3600);
    assert_eq!(token(&sandbox.token_url(), &form).await, (400, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn consent_wants_a_long_state_and_a_known_scope() {
    let sandbox = start(NetSuiteConfig::unlimited()).await.unwrap();
    for (name, given, error) in [("state", "short", "invalid_request"), ("scope", "openid", "invalid_scope")]
    {
        let back = consent(&sandbox.base_url, &[(name, given)]).await;
        assert_eq!(value(&back, "error"), error);
    }
    let pkce = start(NetSuiteConfig { require_pkce: true, ..NetSuiteConfig::unlimited() }).await.unwrap();
    assert_eq!(value(&consent(&pkce.base_url, &[]).await, "error"), "invalid_request");
}

#[tokio::test]
async fn expired_and_revoked_tokens_are_401() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/customer").await.0, 200);
    desk.sandbox.expire_access_tokens();
    assert_eq!(told(&desk.get("/customer").await.1).0, "INVALID_LOGIN");
    let tokens = desk.sandbox.issue_tokens();
    let url = format!("{}/services/rest/auth/oauth2/v1/revoke", desk.sandbox.base_url);
    let request = desk.http.post(url).basic_auth("ns-client", Some("ns-secret"));
    request.form(&[("token", tokens.refresh_token.unwrap())]).send().await.unwrap();
    let request = desk.http.get(format!("{}/customer", desk.sandbox.record_url()));
    assert_eq!(request.bearer_auth(tokens.access_token).send().await.unwrap().status(), 401);
}
