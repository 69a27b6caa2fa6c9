//! Tokens, pages, tags, keys and positions.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use super::client::{Api, customer};

#[tokio::test]
async fn only_the_token_lets_a_client_in() {
    let api = Api::at_rest().await;
    for token in ["", "Bearer wrong", "Basic abc"] {
        let request =
            Request::get("/v1/projects").header("authorization", token).body(Body::empty()).unwrap();
        let answer = api.call(request).await.expect(401);
        assert_eq!(answer.json()["type"], "/problems/token-required");
    }
    for open in ["/healthz", "/readyz", "/openapi.json"] {
        let request = Request::get(open).body(Body::empty()).unwrap();
        api.call(request).await.expect(200);
    }
    let metrics = Request::get("/metrics").body(Body::empty()).unwrap();
    api.call(metrics).await.expect(401);
    api.get("/metrics").await.expect(200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let api = Api::at_rest().await;
    assert_eq!(api.get("/v1/nothing").await.expect(404).json()["type"], "/problems/no-such-path");
    assert_eq!(api.delete("/v1/projects").await.expect(405).json()["type"], "/problems/method-not-allowed");
    let id = "0193e3a0-0000-7000-8000-000000000000";
    assert_eq!(
        api.get(&format!("/v1/integrations/{id}")).await.expect(404).json()["type"],
        "/problems/integration-not-found"
    );
    assert_eq!(
        api.get("/v1/integrations/not-an-id").await.expect(404).json()["type"],
        "/problems/integration-not-found"
    );
}

#[tokio::test]
async fn a_client_reads_its_own_writes() {
    let api = Api::at_rest().await;
    let made = api.post("/v1/projects", &json!({ "name": "Shop", "country_code": "GB" })).await.expect(201);
    let (id, position) = (made.text_at("id"), made.text_at("position"));
    assert_eq!(made.headers["location"], format!("/v1/projects/{id}"));
    let listed = api.get(&format!("/v1/projects?at_least={position}")).await.expect(200).json();
    assert_eq!(listed["total"], 2);
    assert!(
        listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["id"] == id.as_str() && row["country_code"] == "GB")
    );
    assert_eq!(api.get("/v1/projects?at_least=soon").await.expect(400).json()["field"], "at_least");
}

#[tokio::test]
async fn a_repeated_key_answers_the_same_position_and_another_body_is_refused() {
    let api = Api::at_rest().await;
    let key = [("idempotency-key", "order-17")];
    let body = json!({ "name": "Shop" }).to_string();
    let first = api.send((Method::POST, "/v1/projects"), body.clone(), &key).await.expect(201);
    let before = api.head().await;
    let again = api.send((Method::POST, "/v1/projects"), body, &key).await.expect(200);
    assert_eq!(again.text_at("position"), first.text_at("position"));
    assert_eq!(again.text_at("id"), first.text_at("id"));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other = json!({ "name": "Other" }).to_string();
    let refused = api.send((Method::POST, "/v1/projects"), other, &key).await.expect(422);
    assert_eq!(refused.json()["type"], "/problems/idempotency-key-reused");
    assert_eq!(api.head().await, before);
}

#[tokio::test]
async fn a_change_of_another_version_than_was_read_is_refused() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}");
    let read = api.get(&path).await.expect(200);
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    let change = |name: &str| json!({ "display_name": name }).to_string();
    let done = api.send((Method::PUT, &path), change("First"), &[("if-match", &tag)]).await.expect(200);
    assert_ne!(done.headers["etag"].to_str().unwrap(), tag);
    let late = api.send((Method::PUT, &path), change("Second"), &[("if-match", &tag)]).await.expect(412);
    assert_eq!(late.json()["type"], "/problems/version-mismatch");
    let shown = api.get(&path).await.expect(200);
    assert_eq!(shown.text_at("display_name"), "First");
    assert_eq!(shown.headers["etag"], done.headers["etag"]);
}

#[tokio::test]
async fn pages_show_every_row_once() {
    let api = Api::at_rest().await;
    let mut last = String::new();
    for number in 0..7 {
        let put = api
            .put(&customer(&format!("c{number}")), &json!({ "name": format!("N{number}") }))
            .await
            .expect(201);
        last = put.text_at("position");
    }
    let list = format!("/v1/projects/{}/records/customer?limit=3&at_least={last}", super::client::PROJECT);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{list}{after}")).await.expect(200).json();
        assert_eq!(page["total"], 7);
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|row| row["local_id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]);
    assert_eq!(api.get(&format!("{list}&after=nonsense")).await.expect(422).json()["field"], "after");
    assert_eq!(
        api.get(&format!("{list}0")).await.status.as_u16(),
        400,
        "a position of another length is none"
    );
}

#[tokio::test]
async fn both_prefixes_share_handlers_but_for_two() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let catalogue = api.get("/api/v1/integrations").await.expect(200).json();
    let rest =
        catalogue["items"].as_array().unwrap().iter().find(|one| one["key"] == "rest").unwrap().clone();
    let shown = api.get(&format!("/api/v1/integrations/{id}")).await.expect(200);
    assert_eq!(shown.text_at("id"), id);
    assert!(rest["integrations"].is_array());
    api.delete(&format!("/api/v1/integrations/{id}")).await.expect(200);
    api.get(&format!("/v1/integrations/{id}")).await.expect(200);
    api.delete(&format!("/v1/integrations/{id}")).await.expect(200);
    api.get(&format!("/v1/integrations/{id}")).await.expect(404);
}

#[tokio::test]
async fn a_project_is_renamed_moved_and_archived() {
    let api = Api::at_rest().await;
    let id = api.post("/v1/projects", &json!({ "name": "Shop" })).await.expect(201).text_at("id");
    let path = format!("/v1/projects/{id}");
    let patch = |body: serde_json::Value| api.send((Method::PATCH, &path), body.to_string(), &[]);
    patch(json!({ "name": "Store", "country_code": "no" })).await.expect(200);
    let shown = api.get(&path).await.expect(200).json();
    assert_eq!((shown["name"].as_str(), shown["country_code"].as_str()), (Some("Store"), Some("NO")));
    assert_eq!(patch(json!({ "country_code": "Norway" })).await.expect(422).json()["field"], "country_code");
    patch(json!({ "country_code": null })).await.expect(200);
    assert!(api.get(&path).await.expect(200).json()["country_code"].is_null());
    let taken = patch(json!({ "name": "default project" })).await.expect(409).json();
    assert_eq!(
        (taken["type"].as_str(), taken["field"].as_str()),
        (Some("/problems/project-name-taken"), Some("name"))
    );
    patch(json!({ "archived": true })).await.expect(200);
    assert_eq!(
        patch(json!({ "name": "Again" })).await.expect(409).json()["type"],
        "/problems/project-archived"
    );
}

#[tokio::test]
async fn a_lookup_table_is_replaced_at_the_number_that_was_read() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let path = format!("/v1/integrations/{id}/lookups/status_map");
    api.get(&path).await.expect(404);
    api.put(&path, &json!({ "draft": "Open", "sent": "Open" })).await.expect(200);
    let read = api.get(&path).await.expect(200);
    assert_eq!(read.json()["table"], json!({ "draft": "Open", "sent": "Open" }));
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    let table = json!({ "draft": "Pending" }).to_string();
    api.send((Method::PUT, &path), table.clone(), &[("if-match", &tag)]).await.expect(200);
    let late = api.send((Method::PUT, &path), table, &[("if-match", "\"7\"")]).await.expect(412);
    assert_eq!(late.json()["type"], "/problems/lookups-changed");
    assert_eq!(api.put(&path, &json!({ "draft": 1 })).await.expect(422).json()["field"], "draft");
}

#[tokio::test]
async fn operations_show_how_it_runs() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    let limits = json!({ "limits": { "calls_per_minute": 60_000 } });
    api.put(&format!("/v1/integrations/{id}"), &limits).await.expect(200);
    let shown = api.get("/v1/limits").await.expect(200).json();
    assert_eq!((&shown["items"][0]["calls"], &shown["items"][0]["raised"]), (&json!(60_000), &json!(true)));
    let zero = json!({ "limits": { "calls_per_minute": 0 } });
    api.put(&format!("/v1/integrations/{id}"), &zero).await.expect(422);
    let connectors = api.get("/v1/connectors").await.expect(200).json();
    assert!(connectors["items"].as_array().unwrap().iter().any(|one| one["key"] == "quickbooks"));
    let head = api::http::at_least::encode(api.head().await);
    let projections = api.get(&format!("/v1/projections?at_least={head}")).await.expect(200).json();
    assert!(projections["items"].as_array().unwrap().iter().any(|one| one["name"] == "sync_records"));
    let metrics = api.get("/metrics").await.expect(200).text;
    assert!(metrics.contains("headwater_log_position"), "{metrics}");
    let next = json!({ "schedule": { "cron": "0 6 * * 1-5", "time_zone": "Europe/Berlin" }, "from": "2026-11-21T00:00:00Z", "count": 2 });
    let times = api.post("/v1/schedules/preview", &next).await.expect(200).json();
    assert_eq!(times["next"], json!(["2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z"]));
    let tried =
        json!({ "expression": "record.name + '!'", "entity": "customer", "record": { "name": "Ann" } });
    assert_eq!(api.post("/v1/expressions/check", &tried).await.expect(200).json()["result"], "Ann!");
}
