//! Bad input: each sentence is refused with a 4xx problem that names the field and says what to do, and changes nothing.

use axum::http::Method;
use serde_json::{Value, json};

use crate::api::client::{Api, customer};

/// Sends a command that must be refused, and checks that the log did not move.
async fn refused(
    api: &Api,
    (method, path): (Method, &str),
    body: String,
    wanted: (u16, &str, &str),
) -> Value {
    let before = api.head().await;
    let answer = api.send((method, path), body, &[]).await;
    let (status, kind, field) = wanted;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
    assert_eq!(problem["field"], field, "{problem}");
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().unwrap().contains(' '), "{problem}");
    assert_eq!(problem["correlation_id"], answer.headers["x-correlation-id"].to_str().unwrap());
    assert_eq!(api.head().await, before, "a refused command changed something");
    problem
}

async fn post_refused(api: &Api, path: &str, body: Value, wanted: (u16, &str, &str)) -> Value {
    refused(api, (Method::POST, path), body.to_string(), wanted).await
}

#[tokio::test]
async fn an_unknown_provider_is_refused() {
    let api = Api::at_rest().await;
    let wanted = (422, "integration-type-must-be-known-value", "provider");
    post_refused(&api, "/v1/integrations", json!({ "provider": "nobody" }), wanted).await;
    let shown = api.get("/v1/providers/nobody").await.expect(404);
    assert_eq!(shown.json()["type"], "/problems/provider-not-found");
}

#[tokio::test]
async fn a_plain_http_base_url_is_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "provider": "rest", "base_url": "http://api.example.com" });
    post_refused(&api, "/v1/integrations", body, (422, "base-url-must-be-https", "base_url")).await;
    let body = json!({ "provider": "rest", "base_url": "https://10.0.0.1/" });
    post_refused(&api, "/v1/integrations", body, (422, "base-url-must-be-public", "base_url")).await;
}

#[tokio::test]
async fn an_empty_display_name_is_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "provider": "rest", "display_name": "  " });
    post_refused(&api, "/v1/integrations", body, (422, "display-name-not-empty", "display_name")).await;
}

#[tokio::test]
async fn enabling_without_credentials_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let wanted = (422, "credentials-required-before-enable", "credentials");
    post_refused(&api, &format!("/v1/integrations/{id}/enable"), json!({}), wanted).await;
}

#[tokio::test]
async fn a_cron_that_does_not_parse_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}/sync/config");
    for schedule in [
        json!("every now and then"),
        json!({ "cron": "0 6 31 2 *" }),
        json!({ "cron": "* * * * *", "time_zone": "Mars" }),
    ] {
        let body = json!({ "local_entity": "customer", "remote_entity": "customers", "schedule": schedule });
        post_refused(&api, &path, body, (422, "invalid-field", "schedule")).await;
    }
    post_refused(
        &api,
        "/v1/schedules/preview",
        json!({ "schedule": "nope" }),
        (422, "invalid-field", "schedule"),
    )
    .await;
}

#[tokio::test]
async fn a_mapping_to_an_unknown_field_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}/sync/config");
    let body = json!({ "local_entity": "customer", "remote_entity": "customers", "field_mappings": { "nmae": "name" } });
    let problem = post_refused(&api, &path, body, (422, "invalid-field", "field_mappings.nmae")).await;
    assert!(problem["detail"].as_str().unwrap().contains("name"), "{problem}");
    let body = json!({ "local_entity": "customer", "remote_entity": "nothing", "field_mappings": {} });
    post_refused(&api, &path, body, (422, "invalid-field", "remote_entity")).await;
}

#[tokio::test]
async fn a_transform_that_does_not_fit_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}/sync/config");
    let rule = |local: &str, kind: &str, config: Value| {
        let rules = json!([{ "local_field": local, "remote_field": "name", "transform_type": kind, "transform_config": config }]);
        json!({ "local_entity": "customer", "remote_entity": "customers", "field_mappings": rules })
    };
    let wanted = (422, "invalid-field", "field_mappings.active");
    post_refused(&api, &path, rule("active", "format", json!({ "format": "YYYY-MM-DD" })), wanted).await;
    let wanted = (422, "invalid-field", "field_mappings.address");
    let problem = post_refused(&api, &path, rule("address", "direct", json!({})), wanted).await;
    assert!(problem["detail"].as_str().unwrap().contains("compute"), "{problem}");
    let wanted = (422, "invalid-field", "field_mappings[0].transform_type");
    post_refused(&api, &path, rule("name", "magic", json!({})), wanted).await;
    post_refused(&api, &path, rule("name", "lookup", json!({})), wanted).await;
}

#[tokio::test]
async fn a_second_integration_for_one_project_and_provider_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let wanted = (409, "one-config-per-integration-type-per-org", "provider");
    let problem = post_refused(&api, "/v1/integrations", json!({ "provider": "rest" }), wanted).await;
    assert!(problem["detail"].as_str().unwrap().contains(&id), "{problem}");
}

#[tokio::test]
async fn a_second_run_while_one_is_active_is_refused() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({ "direction": "inbound" })).await;
    let path = format!("/v1/integrations/{id}/sync");
    let body = json!({ "sync_config_id": config, "direction": "inbound" });
    let run = api.post(&path, &body).await.expect(202).json()["run_ids"][0].as_str().unwrap().to_owned();
    let problem = post_refused(&api, &path, body.clone(), (409, "run-active", "direction")).await;
    assert!(problem["detail"].as_str().unwrap().contains(&run), "{problem}");
    post_refused(&api, &path, json!({ "direction": "sideways" }), (422, "invalid-field", "direction")).await;
    api.post(&format!("/v1/sync-runs/{run}/cancel"), &json!({})).await.expect(200);
    api.post(&path, &body).await.expect(202);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let api = Api::at_rest().await;
    let target = (Method::POST, "/v1/integrations");
    refused(&api, target.clone(), "provider=rest".to_owned(), (400, "body-not-json", "body")).await;
    refused(&api, target.clone(), "{\"provider\":".to_owned(), (400, "body-not-json", "body")).await;
    refused(&api, target, "[]".to_owned(), (422, "invalid-field", "body")).await;
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "provider": "rest", "description": "x".repeat(1 << 20) });
    post_refused(&api, "/v1/integrations", body.clone(), (413, "body-too-large", "body")).await;
    let before = api.head().await;
    let answer =
        api.send((Method::POST, "/v1/integrations"), body.to_string(), &[("idempotency-key", "a")]).await;
    assert_eq!(answer.status.as_u16(), 413);
    assert_eq!(api.head().await, before);
}

#[tokio::test]
async fn u0000_is_refused_and_its_field_named() {
    let api = Api::at_rest().await;
    let body = json!({ "name": "Ann\u{0}", "addresses": [{ "city": "Leeds" }] });
    refused(&api, (Method::PUT, &customer("c1")), body.to_string(), (422, "nul-character", "name")).await;
    let body = json!({ "addresses": [{ "city": "Le\u{0}eds" }] });
    let wanted = (422, "nul-character", "addresses[0].city");
    refused(&api, (Method::PUT, &customer("c1")), body.to_string(), wanted).await;
    let body = json!({ "provider": "rest", "display_name": "\u{0}" });
    post_refused(&api, "/v1/integrations", body, (422, "nul-character", "display_name")).await;
}

#[tokio::test]
async fn an_unknown_field_in_a_command_is_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "provider": "rest", "colour": "red" });
    post_refused(&api, "/v1/integrations", body, (422, "unknown-field", "colour")).await;
    let id = api.integration().await;
    let body = json!({ "limits": { "calls_per_year": 1 } });
    let path = format!("/v1/integrations/{id}");
    refused(&api, (Method::PUT, &path), body.to_string(), (422, "unknown-field", "limits.calls_per_year"))
        .await;
    let wanted = (422, "unknown-parameter", "colour");
    refused(&api, (Method::GET, "/v1/integrations?colour=red"), String::new(), wanted).await;
}

#[tokio::test]
async fn an_expression_that_is_too_deep_is_refused() {
    let api = Api::at_rest().await;
    let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
    let body = json!({ "expression": deep });
    let problem =
        post_refused(&api, "/v1/expressions/check", body, (422, "invalid-field", "expression")).await;
    assert!(problem["detail"].as_str().unwrap().contains("nested"), "{problem}");
    let id = api.integration().await;
    let body = json!({ "local_entity": "customer", "remote_entity": "customers", "filter": deep });
    post_refused(&api, &format!("/v1/integrations/{id}/sync/config"), body, (422, "invalid-field", "filter"))
        .await;
}

#[tokio::test]
async fn an_expression_that_is_too_costly_is_refused() {
    let api = Api::at_rest().await;
    let costly = "record.a.all(x, record.b.all(y, record.c.all(z, x == y && y == z)))";
    let body = json!({ "expression": costly });
    let problem =
        post_refused(&api, "/v1/expressions/check", body, (422, "invalid-field", "expression")).await;
    assert!(problem["detail"].as_str().unwrap().contains("steps"), "{problem}");
}

#[tokio::test]
async fn a_webhook_with_a_wrong_or_missing_signature_is_counted_and_has_no_effect() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let path = format!("/v1/webhooks/rest/{id}");
    let body = json!({ "id": "evt-1", "type": "customers.updated", "data": { "id": "cus_1" } }).to_string();
    let before = api.head().await;
    let unsigned = api.send((Method::POST, &path), body.clone(), &[]).await;
    assert_eq!(unsigned.status.as_u16(), 401, "{}", unsigned.text);
    assert_eq!(unsigned.json()["type"], "/problems/webhook-signature-missing");
    let forged = format!("sha256={}", "0".repeat(64));
    let wrong = api.send((Method::POST, &path), body, &[("x-signature", &forged)]).await;
    assert_eq!(wrong.status.as_u16(), 401, "{}", wrong.text);
    assert_eq!(wrong.json()["type"], "/problems/webhook-signature-wrong");
    assert_eq!(api.head().await, before, "a rejected webhook reached the log");
    let counted = api.get("/v1/webhooks/rejections").await.expect(200).json();
    assert_eq!(counted["counts"]["webhook_signature_missing"], 1);
    assert_eq!(counted["counts"]["webhook_signature_wrong"], 1);
}
