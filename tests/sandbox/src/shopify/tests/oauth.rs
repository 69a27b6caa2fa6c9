//! Installing, tokens, rotation, the callback's signature.

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::desk::{ALL_SCOPES, Desk};
use crate::kit::poster::hmac_sha256;
use crate::shopify::oauth::callback_hmac;
use crate::shopify::{AppKind, ShopifyConfig, start};
use crate::test_client::client;

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

#[expect(clippy::disallowed_methods, reason = "a test's client that does not follow redirects")]
async fn consent(base: &str, scope: &str) -> reqwest::Response {
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let query =
        [("client_id", "shopify-client"), ("scope", scope), ("redirect_uri", REDIRECT), ("state", "s 1")];
    browser.get(format!("{base}/admin/oauth/authorize")).query(&query).send().await.unwrap()
}

async fn token(base: &str, mut body: Value) -> (u16, Value) {
    body["client_id"] = json!("shopify-client");
    body["client_secret"] = json!("shopify-secret");
    let response =
        client().post(format!("{base}/admin/oauth/access_token")).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[test]
fn the_callback_is_signed_over_sorted_pairs_with_percent_20() {
    let pairs = [("state", "a b"), ("code", "x"), ("shop", "s.myshopify.com"), ("hmac", "gone")];
    let wanted = hex::encode(hmac_sha256(b"secret", b"code=x&shop=s.myshopify.com&state=a%20b"));
    assert_eq!(callback_hmac("secret", &pairs), wanted);
}

#[tokio::test]
async fn the_callback_carries_a_right_hmac_and_a_code_that_works_once() {
    let sandbox = start(ShopifyConfig::unlimited()).await.unwrap();
    let response = consent(&sandbox.base_url, "read_orders,write_products").await;
    assert_eq!(response.status(), 302);
    let back = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let value = |name: &str| pairs.iter().find(|(own, _)| *own == name).unwrap().1;
    assert_eq!(value("hmac"), callback_hmac("shopify-secret", &pairs));
    assert_eq!((value("shop"), value("state")), (sandbox.shop_domain.as_str(), "s 1"));
    assert!(value("timestamp").parse::<i64>().is_ok());
    assert!(!value("host").is_empty());
    let (status, tokens) = token(&sandbox.base_url, json!({"code": value("code"), "expiring": 1})).await;
    assert_eq!(status, 200);
    assert_eq!(tokens["scope"], "read_orders,write_products");
    assert_eq!(
        (&tokens["expires_in"], &tokens["refresh_token_expires_in"]),
        (&json!(3600), &json!(7_776_000))
    );
    assert_eq!(token(&sandbox.base_url, json!({"code": value("code")})).await.0, 400);
    assert_eq!(consent(&sandbox.base_url, "read_minds").await.status(), 400);
}

#[tokio::test]
async fn a_refresh_token_dies_when_its_successor_is_first_used() {
    let desk = Desk::open().await;
    let base = desk.sandbox.base_url.clone();
    let first = desk.sandbox.issue_tokens(ALL_SCOPES).refresh_token.unwrap();
    let refresh = |value: &str| json!({"grant_type": "refresh_token", "refresh_token": value});
    let (status, lost) = token(&base, refresh(&first)).await;
    assert_eq!(status, 200);
    assert_ne!(lost["refresh_token"], json!(first));
    let (status, second) = token(&base, refresh(&first)).await;
    assert_eq!(status, 200, "the answer may have been lost: the old one is still good");
    let desk = Desk { token: second["access_token"].as_str().unwrap().to_owned(), ..desk };
    desk.data("{ shop { id } }", json!({})).await;
    let (status, refused) = token(&base, refresh(&first)).await;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")));
    desk.sandbox.advance_clock(91 * 24 * 3600);
    assert_eq!(token(&base, refresh(second["refresh_token"].as_str().unwrap())).await.0, 400, "90 days");
    assert_eq!(desk.sandbox.stats()["refreshes"], 2);
}

#[tokio::test]
async fn lasting_tokens_stop_for_public_apps_and_can_be_migrated() {
    let older = ShopifyConfig { app: AppKind::OlderPublic, ..ShopifyConfig::unlimited() };
    let desk = Desk::with(older).await;
    let lasting = desk.sandbox.issue_lasting_token(ALL_SCOPES).access_token;
    let desk = Desk { token: lasting.clone(), ..desk };
    let status = |desk: &Desk| {
        let sent = desk.http.post(desk.sandbox.graphql_url("2026-10"));
        sent.header("x-shopify-access-token", &desk.token).json(&json!({"query": "{ shop { id } }"})).send()
    };
    assert_eq!(status(&desk).await.unwrap().status(), 200);
    desk.sandbox.advance_clock(60 * 24 * 3600);
    assert_eq!(status(&desk).await.unwrap().status(), 403, "after 1 January 2027");
    let exchange = json!({
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": lasting,
        "subject_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token", "expiring": 1,
    });
    let (code, pair) = token(&desk.sandbox.base_url, exchange.clone()).await;
    assert_eq!(code, 200, "{pair}");
    assert!(pair["refresh_token"].is_string());
    assert_eq!(token(&desk.sandbox.base_url, exchange).await.0, 400, "the old token is dead");
    let custom = Desk::with(ShopifyConfig { app: AppKind::Custom, ..ShopifyConfig::unlimited() }).await;
    custom.sandbox.advance_clock(400 * 24 * 3600);
    assert_eq!(status(&custom).await.unwrap().status(), 200, "custom apps are exempt");
}

#[tokio::test]
async fn client_credentials_live_a_day_and_the_secret_is_checked() {
    let sandbox = start(ShopifyConfig::unlimited()).await.unwrap();
    let (status, tokens) = token(&sandbox.base_url, json!({"grant_type": "client_credentials"})).await;
    assert_eq!((status, &tokens["expires_in"]), (200, &json!(86_399)));
    let url = format!("{}/admin/oauth/access_token", sandbox.base_url);
    let wrong = client().post(url).form(&[("client_id", "shopify-client"), ("client_secret", "no")]);
    assert_eq!(wrong.send().await.unwrap().status(), 400);
}
