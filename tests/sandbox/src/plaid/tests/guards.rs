//! Keys, bodies, limits, and what is not modelled.

use serde_json::json;

use super::desk::{Desk, parts, text};
use crate::faults::Fault;
use crate::plaid::{Environment, PlaidConfig, PlaidLimits};

#[tokio::test]
async fn keys_come_in_headers_or_in_the_body() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let url = format!("{}/item/get", desk.sandbox.base_url);
    let body = json!({"client_id": "plaid-client", "secret": "plaid-secret", "access_token": login.token});
    assert_eq!(desk.http.post(&url).json(&body).send().await.unwrap().status(), 200);
    let wrong = json!({"client_id": "plaid-client", "secret": "guess", "access_token": login.token});
    let (status, answer) = parts(desk.http.post(&url).json(&wrong).send().await.unwrap()).await;
    assert_eq!((status, &answer["error_code"]), (400, &json!("INVALID_API_KEYS")));
    let none = json!({"access_token": login.token});
    let (_, answer) = parts(desk.http.post(&url).json(&none).send().await.unwrap()).await;
    assert_eq!(answer["error_code"], "MISSING_FIELDS");
    assert_eq!(desk.sandbox.stats()["unauthorized"], 1);
}

#[tokio::test]
async fn bodies_are_strict_json_and_errors_have_the_published_shape() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    let refused = |body| desk.refused("/transactions/sync", body);
    assert_eq!(refused(json!({})).await, "INVALID_REQUEST/MISSING_FIELDS");
    assert_eq!(
        refused(json!({"access_token": login.token, "limit": 5})).await,
        "INVALID_REQUEST/UNKNOWN_FIELDS"
    );
    for (field, value) in
        [("count", json!(501)), ("count", json!(0)), ("count", json!("5")), ("cursor", json!("x"))]
    {
        assert_eq!(
            refused(json!({"access_token": login.token, field: value})).await,
            "INVALID_REQUEST/INVALID_FIELD",
            "{field}"
        );
    }
    let request = desk.request("/item/get", &json!({})).body("not json");
    let (status, answer) = parts(request.send().await.unwrap()).await;
    assert_eq!((status, &answer["error_code"]), (400, &json!("INVALID_BODY")));
    let mut names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "causes",
            "display_message",
            "documentation_url",
            "error_code",
            "error_code_reason",
            "error_message",
            "error_type",
            "request_id",
            "suggested_action"
        ]
    );
    let url = format!("{}/item/get", desk.sandbox.base_url);
    assert_eq!(desk.http.get(url).send().await.unwrap().status(), 404, "every endpoint is POST");
}

#[tokio::test]
async fn an_item_has_a_limit_and_the_client_another_and_no_header_says_when() {
    let mut limits = PlaidLimits::off();
    limits.accounts.item = 2;
    limits.institution.client = 1;
    let desk = Desk::with(PlaidConfig { limits, ..PlaidConfig::unlimited() }).await;
    let (one, other) = (desk.login(json!({})), desk.login(json!({"login": "second"})));
    let ask = |token: &str| desk.request("/accounts/get", &json!({"access_token": token})).send();
    for wanted in [200, 200, 429] {
        let answer = ask(&one.token).await.unwrap();
        assert_eq!(answer.status(), wanted);
        assert!(
            !answer.headers().keys().any(|name| name == "retry-after" || name.as_str().contains("ratelimit"))
        );
    }
    let (_, body) = parts(ask(&one.token).await.unwrap()).await;
    assert_eq!(
        (&body["error_type"], &body["error_code"]),
        (&json!("RATE_LIMIT_EXCEEDED"), &json!("ACCOUNTS_LIMIT"))
    );
    assert_eq!(ask(&other.token).await.unwrap().status(), 200, "limits are per item");
    desk.sandbox.advance_clock(60);
    assert_eq!(ask(&one.token).await.unwrap().status(), 200);
    let bank = json!({"institution_id": "ins_109508", "country_codes": ["US"]});
    assert_eq!(desk.post("/institutions/get_by_id", bank.clone()).await.0, 200);
    assert_eq!(
        desk.post("/institutions/get_by_id", bank).await.1["error_code"],
        "INSTITUTIONS_GET_BY_ID_LIMIT"
    );
    assert_eq!(desk.sandbox.stats()["throttled"], 3);
}

#[tokio::test]
async fn what_is_not_modelled_says_so() {
    let desk = Desk::open().await;
    for path in ["/auth/get", "/transfer/create", "/identity/get", "/nowhere"] {
        let (status, body) = desk.post(path, json!({})).await;
        assert_eq!((status, &body["error_code"]), (501, &json!("NOT_MODELLED")), "{path}");
    }
    let login = desk.login(json!({}));
    let request = desk.request("/item/get", &json!({"access_token": login.token}));
    assert_eq!(request.header("plaid-version", "2019-05-29").send().await.unwrap().status(), 501);
    assert_eq!(desk.sandbox.stats()["not_modelled"], 5);
}

#[tokio::test]
async fn faults_have_the_providers_bodies() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    desk.sandbox.faults.force(Fault::ServerError, 1);
    desk.sandbox.faults.force(Fault::TooManyRequests, 1);
    let ask = || desk.post("/item/get", json!({"access_token": login.token}));
    let (status, body) = ask().await;
    assert_eq!(
        (status, text(&body["error_type"]).as_str(), text(&body["error_code"]).as_str()),
        (500, "API_ERROR", "INTERNAL_SERVER_ERROR")
    );
    let (status, body) = ask().await;
    assert_eq!((status, &body["error_type"]), (429, &json!("RATE_LIMIT_EXCEEDED")));
    assert_eq!(ask().await.0, 200);
}

#[tokio::test]
async fn an_exchange_lost_on_the_way_cannot_be_made_again() {
    let desk = Desk::open().await;
    let public = desk
        .done(
            "/sandbox/public_token/create",
            json!({"institution_id": "ins_109508", "initial_products": ["transactions"]}),
        )
        .await;
    let body = json!({"public_token": public["public_token"]});
    desk.sandbox.faults.force_write(Fault::DropAfter, 1);
    assert!(desk.request("/item/public_token/exchange", &body).send().await.is_err());
    assert_eq!(desk.refused("/item/public_token/exchange", body).await, "INVALID_INPUT/INVALID_PUBLIC_TOKEN");
}

#[tokio::test]
async fn helpers_are_for_the_sandbox_only() {
    let config = PlaidConfig { environment: Environment::Production, ..PlaidConfig::unlimited() };
    let desk = Desk::with(config).await;
    let login = desk.login(json!({}));
    assert!(login.token.starts_with("access-production-"));
    let body = json!({"access_token": login.token});
    assert_eq!(desk.refused("/sandbox/item/reset_login", body).await, "INVALID_REQUEST/SANDBOX_ONLY");
}

#[tokio::test]
async fn exchanges_are_recorded_without_the_secret() {
    let desk = Desk::open().await;
    desk.sandbox.recorder.on();
    let login = desk.login(json!({}));
    desk.done("/item/get", json!({"access_token": login.token})).await;
    let record = desk.sandbox.recorder.take();
    assert_eq!((record.len(), record[0].path.as_str()), (1, "/item/get"));
    assert!(!format!("{:?}", record[0].request_headers).contains("plaid-secret\")"));
    let addr = desk.sandbox.addr;
    desk.sandbox.stop().await;
    assert!(std::net::TcpListener::bind(addr).is_ok());
}
