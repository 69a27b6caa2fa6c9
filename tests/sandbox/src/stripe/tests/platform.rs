//! Connected accounts.

use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::json;

use super::desk::{Desk, ids, parts, text};
use crate::stripe::{StripeConfig, StripeSandbox};

const TENANT: &str = "acct_1HeadwaterTenant";

async fn connected(desk: &Desk, path: &str) -> (u16, serde_json::Value) {
    let request = desk.request(Method::GET, path).header("stripe-account", TENANT);
    parts(request.send().await.unwrap()).await
}

#[tokio::test]
async fn the_header_acts_for_a_connected_account() {
    let desk =
        Desk::with(StripeConfig { connected_accounts: vec![TENANT.into()], ..StripeConfig::unlimited() })
            .await;
    let own = desk.customer("own@example.com").await;
    let theirs =
        desk.sandbox.create_for(TENANT, "customer", &json!({"email": "theirs@example.com"})).unwrap();
    let (_, page) = connected(&desk, "/v1/customers").await;
    assert_eq!(ids(&page), [text(&theirs["id"])]);
    assert_eq!(connected(&desk, &format!("/v1/customers/{own}")).await.0, 404);
    assert_eq!(connected(&desk, "/v1/account").await.1["id"], TENANT);
    desk.sandbox.deauthorize(TENANT);
    let (status, body) = connected(&desk, "/v1/customers").await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("account_invalid")));
}

fn authorize_url(sandbox: &StripeSandbox) -> String {
    format!(
        "{}/oauth/authorize?response_type=code&client_id=ca_headwater&scope=read_write&state=s&redirect_uri=http://127.0.0.1/oauth/callback",
        sandbox.base_url
    )
}

#[expect(clippy::disallowed_methods, reason = "the redirect itself is what is looked at")]
fn staying() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

#[tokio::test]
async fn an_owner_connects_once_per_code_and_can_be_given_up() {
    let desk = Desk::open().await;
    let answer = staying().get(authorize_url(&desk.sandbox)).send().await.unwrap();
    let target = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let code = target.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("client_secret", "sk_test_headwater")];
    let url = format!("{}/oauth/token", desk.sandbox.base_url);
    let (status, tokens) = parts(desk.http.post(&url).form(&form).send().await.unwrap()).await;
    assert_eq!(
        (status, &tokens["stripe_user_id"], &tokens["scope"]),
        (200, &json!(TENANT), &json!("read_write"))
    );
    let (status, again) = parts(desk.http.post(&url).form(&form).send().await.unwrap()).await;
    assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
    assert_eq!(connected(&desk, "/v1/customers").await.0, 200);
    let own = desk
        .http
        .get(format!("{}/v1/account", desk.sandbox.base_url))
        .bearer_auth(text(&tokens["access_token"]));
    assert_eq!(parts(own.send().await.unwrap()).await.1["id"], TENANT);
    let form = [("client_id", "ca_headwater"), ("stripe_user_id", TENANT)];
    assert_eq!(desk.form("/oauth/deauthorize", &form).send().await.unwrap().status(), 200);
    assert_eq!(connected(&desk, "/v1/customers").await.0, 403);
    let wrong = [("grant_type", "authorization_code"), ("code", "x"), ("client_secret", "sk_test_wrong")];
    assert_eq!(desk.http.post(&url).form(&wrong).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_owner_may_say_no() {
    let config = StripeConfig { authorize_error: Some("access_denied".into()), ..StripeConfig::unlimited() };
    let desk = Desk::with(config).await;
    let answer = staying().get(authorize_url(&desk.sandbox)).send().await.unwrap();
    assert!(answer.headers()["location"].to_str().unwrap().contains("error=access_denied"));
}
