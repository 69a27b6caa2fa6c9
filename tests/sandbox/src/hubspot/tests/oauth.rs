//! Consent, tokens, the versions of their endpoints.

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use super::desk::{Desk, parts};
use crate::hubspot::{HubSpotConfig, start};
use crate::test_client::client;

const REDIRECT: &str = "http://127.0.0.1/oauth/callback";

async fn token(base: &str, version: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let mut form = form.to_vec();
    form.extend([("client_id", "hubspot-client"), ("client_secret", "hubspot-secret")]);
    let request = client().post(format!("{base}/oauth/{version}/token")).form(&form);
    parts(request.send().await.unwrap()).await
}

#[expect(clippy::disallowed_methods, reason = "a test's client that does not follow redirects")]
async fn consent(base: &str) -> Url {
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let query = [
        ("client_id", "hubspot-client"),
        ("redirect_uri", REDIRECT),
        ("scope", "oauth crm.objects.contacts.read"),
        ("state", "s"),
    ];
    let response = browser.get(format!("{base}/oauth/authorize")).query(&query).send().await.unwrap();
    assert_eq!(response.status(), 302);
    Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
}

fn value(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_code_becomes_tokens_that_name_the_account() {
    let sandbox = start(HubSpotConfig::unlimited()).await.unwrap();
    let back = consent(&sandbox.base_url).await;
    assert_eq!(value(&back, "state"), "s");
    let code = value(&back, "code");
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", REDIRECT)];
    let (status, tokens) = token(&sandbox.base_url, "2026-03", &form).await;
    assert_eq!(
        (status, &tokens["expires_in"], &tokens["hub_id"]),
        (200, &json!(1800), &json!(sandbox.portal_id))
    );
    assert!(tokens["access_token"].as_str().unwrap().len() > 300);
    assert_eq!(tokens["scopes"][1], "crm.objects.contacts.read");
    assert_eq!(token(&sandbox.base_url, "2026-03", &form).await.0, 400, "once");
    let denied =
        start(HubSpotConfig { authorize_error: Some("access_denied".into()), ..HubSpotConfig::unlimited() })
            .await
            .unwrap();
    assert_eq!(value(&consent(&denied.base_url).await, "error"), "access_denied");
}

#[tokio::test]
async fn refresh_tokens_stay_the_same() {
    let desk = Desk::open().await;
    let first = desk.sandbox.issue_tokens(&["crm.objects.contacts.read"]);
    let refresh = first.refresh_token.clone().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    desk.sandbox.advance_clock(1801);
    let desk = Desk { token: first.access_token, ..desk };
    let (status, refused) = desk.get("/crm/v3/objects/contacts").await;
    assert_eq!((status, &refused["category"]), (401, &json!("EXPIRED_AUTHENTICATION")));
    let (_, second) = token(&desk.sandbox.base_url, "v3", &form).await;
    assert_eq!(second["refresh_token"], refresh);
    let desk = Desk { token: second["access_token"].as_str().unwrap().to_owned(), ..desk };
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200);
    let url = format!("{}/oauth/2026-03/token/revoke", desk.sandbox.base_url);
    let revoke =
        [("client_id", "hubspot-client"), ("client_secret", "hubspot-secret"), ("token", refresh.as_str())];
    assert_eq!(desk.http.post(url).form(&revoke).send().await.unwrap().status(), 204);
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.0, 200, "live access tokens go on");
    let (status, refused) = token(&desk.sandbox.base_url, "v3", &form).await;
    assert_eq!((status, &refused["status"]), (400, &json!("BAD_REFRESH_TOKEN")));
    desk.sandbox.revoke();
    assert_eq!(desk.get("/crm/v3/objects/contacts").await.1["category"], "INVALID_AUTHENTICATION");
}

#[tokio::test]
async fn the_first_version_lacks_the_account_and_is_retired_in_february_2027() {
    let desk = Desk::open().await;
    let refresh = desk.sandbox.issue_tokens(&["oauth"]).refresh_token.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let (status, tokens) = token(&desk.sandbox.base_url, "v1", &form).await;
    assert_eq!((status, tokens.get("hub_id")), (200, None));
    let access = tokens["access_token"].as_str().unwrap();
    let about = desk.get(&format!("/oauth/v1/access-tokens/{access}")).await;
    assert_eq!((about.0, &about.1["hub_id"]), (200, &json!(desk.sandbox.portal_id)));
    desk.sandbox.advance_clock(120 * 24 * 3600);
    assert_eq!(token(&desk.sandbox.base_url, "v1", &form).await.0, 404);
    assert_eq!(token(&desk.sandbox.base_url, "2026-03", &form).await.0, 200);
}

#[tokio::test]
async fn new_endpoints_want_everything_in_the_body() {
    let desk = Desk::open().await;
    let url = format!("{}/oauth/2026-03/token?client_id=hubspot-client", desk.sandbox.base_url);
    let form = [("client_secret", "hubspot-secret"), ("grant_type", "client_credentials")];
    assert_eq!(desk.http.post(url).form(&form).send().await.unwrap().status(), 400);
    let (status, app) =
        token(&desk.sandbox.base_url, "2026-03", &[("grant_type", "client_credentials")]).await;
    assert_eq!((status, app.get("refresh_token")), (200, None));
}
