//! Connecting: credentials go in and never come back, authorizations are used once.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::client::{Api, WEBHOOK_SECRET};

#[tokio::test]
async fn secrets_never_come_back() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let app = json!({ "client_id": "an-app", "client_secret": "an-app-secret" });
    api.put("/v1/providers/quickbooks/credentials", &app).await.expect(204);
    for path in [
        format!("/v1/integrations/{id}"),
        "/v1/integrations".to_owned(),
        "/api/v1/integrations".to_owned(),
        "/v1/providers/quickbooks".to_owned(),
        "/v1/providers/rest".to_owned(),
        format!("/v1/integrations/{id}/features"),
        "/v1/changes".to_owned(),
    ] {
        let text = api.get(&path).await.expect(200).text;
        for secret in ["a-secret-api-key", WEBHOOK_SECRET, "an-app-secret"] {
            assert!(!text.contains(secret), "{path} shows a secret");
        }
    }
    let named = api.get("/v1/providers/quickbooks").await.expect(200).json();
    assert_eq!(named["credentials_set"], json!(["client_id", "client_secret"]));
}

#[tokio::test]
async fn a_secret_among_the_settings_is_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "provider": "rest", "settings": { "api_key": "a-secret" } });
    let refused = api.post("/v1/integrations", &body).await.expect(422);
    assert_eq!(refused.json()["type"], "/problems/encrypted-fields-must-not-be-stored-in-plaintext");
    assert!(!refused.text.contains("a-secret"));
}

#[tokio::test]
async fn a_credential_that_the_provider_does_not_know_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}/credentials");
    let refused = api.put(&path, &json!({ "pin": "1234" })).await.expect(422);
    assert_eq!(refused.json()["field"], "pin");
    assert!(!refused.text.contains("1234"));
    let refused = api.put(&path, &json!({ "api_key": 98_765 })).await.expect(422);
    assert_eq!(refused.json()["field"], "api_key");
    assert!(!refused.text.contains("98765"), "a secret of another type is a secret too");
    let draft = json!({ "credentials": { "api_key": [98_765] } });
    let refused = api.post("/v1/providers/rest/test", &draft).await.expect(422);
    assert!(!refused.text.contains("98765"));
}

#[tokio::test]
async fn what_does_not_fit_the_setup_form_is_refused() {
    let api = Api::at_rest().await;
    let body = |shop: &str| json!({ "provider": "shopify", "settings": { "shop": shop } });
    let refused = api.post("/v1/integrations", &body("evil.example/")).await.expect(422).json();
    assert_eq!(
        (&refused["type"], &refused["field"]),
        (&json!("/problems/setting-does-not-fit"), &json!("settings"))
    );
    assert_eq!(refused["detail"], "settings.shop must look like craigs-shop");
    let made = api.post("/v1/integrations", &body("headwater-demo")).await.expect(201).json();
    let path = format!("/v1/integrations/{}", made["id"].as_str().unwrap());
    api.put(&path, &json!({ "settings": { "shop": "../x" } })).await.expect(422);
    assert_eq!(api.get(&path).await.expect(200).json()["settings"]["shop"], "headwater-demo");
    let stripe = api.post("/v1/integrations", &json!({ "provider": "stripe" })).await.expect(201).json();
    let path = format!("/v1/integrations/{}/credentials", stripe["id"].as_str().unwrap());
    let refused = api.put(&path, &json!({ "api_key": "pk_live_public" })).await.expect(422);
    assert_eq!(refused.json()["field"], "api_key");
    assert!(!refused.text.contains("pk_live_public"));
}

#[tokio::test]
async fn a_connection_is_confirmed_by_its_test_and_needed_for_enabling() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    api.put(&format!("/v1/integrations/{id}/credentials"), &json!({ "api_key": "k" })).await.expect(200);
    let early = api.post(&format!("/v1/integrations/{id}/enable"), &json!({})).await.expect(409);
    assert_eq!(early.json()["type"], "/problems/not-connected");
    api.post(&format!("/v1/integrations/{id}/test"), &json!({})).await.expect(200);
    let done = api.post(&format!("/v1/integrations/{id}/enable"), &json!({})).await.expect(200);
    let connected =
        api.get(&format!("/v1/integrations/connected?at_least={}", done.text_at("position"))).await;
    assert_eq!(connected.expect(200).json()["items"][0]["enabled"], true);
}

#[tokio::test]
async fn a_provider_without_oauth_answers_its_setup_form() {
    let api = Api::at_rest().await;
    let answer = api.post("/v1/integrations/rest/connect", &json!({})).await.expect(200).json();
    assert!(answer["setup"].as_array().unwrap().iter().any(|field| field["name"] == "api_key"), "{answer}");
    assert!(answer["integration_id"].is_string());
}

#[tokio::test]
async fn an_authorization_needs_the_app_and_an_allowed_address() {
    let api = Api::at_rest().await;
    let path = "/v1/integrations/quickbooks/connect";
    let refused = api.post(path, &json!({})).await.expect(409);
    assert_eq!(refused.json()["type"], "/problems/app-credentials-required");
    let app = json!({ "client_id": "an-app", "client_secret": "an-app-secret" });
    api.put("/v1/providers/quickbooks/credentials", &app).await.expect(204);
    let elsewhere = json!({ "redirect_uri": "https://evil.example.com/" });
    assert_eq!(api.post(path, &elsewhere).await.expect(422).json()["field"], "redirect_uri");
    let begun = api.post(path, &json!({ "additional_data": "42" })).await.expect(202);
    let url = begun.text_at("authorize_url");
    assert!(url.contains("client_id=an-app") && url.contains("hub.example.com"), "{url}");
    assert!(!begun.text.contains("an-app-secret"));
    let attempt = api.get(begun.headers["location"].to_str().unwrap()).await.expect(200).json();
    assert_eq!(
        (attempt["status"].as_str(), attempt["additional_data"].as_str()),
        (Some("pending"), Some("42"))
    );
}

#[tokio::test]
async fn a_callback_with_an_unknown_state_is_refused_and_a_refusal_is_taken_once() {
    let api = Api::at_rest().await;
    let app = json!({ "client_id": "an-app", "client_secret": "an-app-secret" });
    api.put("/v1/providers/quickbooks/credentials", &app).await.expect(204);
    let begun = api.post("/v1/integrations/quickbooks/connect", &json!({})).await.expect(202);
    let url: url::Url = begun.text_at("authorize_url").parse().unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(state.len() >= 43, "32 random bytes are 43 characters");
    let back = |query: String| {
        Request::get(format!("/v1/oauth/quickbooks/callback?{query}")).body(Body::empty()).unwrap()
    };
    let unknown = api.call(back("state=nobody&code=c".to_owned())).await.expect(400);
    assert_eq!(unknown.json()["type"], "/problems/oauth-state-invalid");
    let denied = api.call(back(format!("state={state}&error=access_denied"))).await.expect(409);
    assert_eq!(denied.json()["type"], "/problems/oauth-refused");
    let reused = api.call(back(format!("state={state}&code=c"))).await.expect(400);
    assert_eq!(reused.json()["type"], "/problems/oauth-state-invalid");
    let attempt = api.get(begun.headers["location"].to_str().unwrap()).await.expect(200).json();
    assert_eq!(attempt["status"], "failed");
}

#[tokio::test]
async fn a_page_for_a_browser_escapes_what_the_provider_says() {
    let api = Api::at_rest().await;
    let request = Request::get("/v1/oauth/quickbooks/callback?state=x&error=%3Cscript%3E")
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    let page = api.call(request).await.expect(400);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(!page.text.contains("<script>"));
}
