//! The path of one back end, over HTTP alone: connect, configure, put, send, look, change, settle.

use serde_json::{Value, json};

use super::client::{Api, PROJECT, customer};

/// Looks, 25 ms apart, before a test gives up.
const PATIENCE: usize = 1_200;

async fn remote_id(api: &Api, local_id: &str) -> (String, Value) {
    let rows = api.get(&format!("/v1/entity-mappings?local_id={local_id}")).await.expect(200).json();
    let row = rows["items"][0].clone();
    (row["external_id"].as_str().unwrap_or_else(|| panic!("{rows}")).to_owned(), row)
}

#[tokio::test]
async fn a_record_is_sent_and_its_link_and_state_are_shown() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({ "trigger": "on_manual" })).await;
    api.put(&customer("c1"), &json!({ "name": "Ann", "email": "ann@example.com" })).await.expect(201);
    let sent = api
        .post(&format!("{}/send", customer("c1")), &json!({ "integration_id": id }))
        .await
        .expect(200)
        .json();
    assert_eq!(sent["status"], "synced", "{sent}");
    let remote = sent["remote_id"].as_str().unwrap();
    assert_eq!(api.provider.get("customers", remote).unwrap()["name"], "Ann");
    let head = api::http::at_least::encode(api.head().await);
    api.get(&format!("/v1/sync-records?at_least={head}")).await.expect(200);
    let (linked, row) = remote_id(&api, "c1").await;
    assert_eq!((linked.as_str(), row["sync_config_id"].as_str()), (remote, Some(config.as_str())));
    let record = row["id"].as_str().unwrap().replace('%', "%25").replace('/', "%2F");
    let shown = api.get(&format!("/v1/sync-records/{record}")).await.expect(200);
    assert_eq!(shown.json()["sync_status"], "synced");
    let state = api.get(&format!("{}/sync-state", customer("c1"))).await.expect(200).json();
    assert_eq!(state["items"][0]["settled"], true);
    let status = api.get(&format!("/v1/integrations/{id}/sync/status")).await.expect(200).json();
    assert_eq!(status["records"]["synced"], 1, "{status}");
    let unlinked = api.delete(&format!("/v1/entity-mappings/{record}")).await.expect(200);
    let gone =
        api.get(&format!("/v1/entity-mappings?at_least={}", unlinked.text_at("position"))).await.expect(200);
    assert_eq!(gone.json()["total"], 0);
}

#[tokio::test]
async fn a_disabled_integration_sends_nothing() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    api.config(&id, &json!({ "trigger": "on_manual" })).await;
    api.put(&customer("c1"), &json!({ "name": "Ann" })).await.expect(201);
    api.post(&format!("/v1/integrations/{id}/disable"), &json!({})).await.expect(200);
    let refused =
        api.post(&format!("{}/send", customer("c1")), &json!({ "integration_id": id })).await.expect(409);
    assert_eq!(refused.json()["type"], "/problems/disabled-integration-must-not-sync");
    assert!(api.provider.records("customers").is_empty());
}

#[tokio::test]
async fn enabling_a_feature_creates_its_sync_config() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let path = format!("/v1/integrations/{id}/features");
    let on = api.put(&format!("{path}/customers"), &json!({ "enabled": true })).await.expect(200).json();
    let config = on["sync_config_id"].as_str().unwrap();
    let shown = api.get(&format!("/v1/sync-configs/{config}")).await.expect(200).json();
    assert_eq!((shown["feature"].as_str(), shown["sync_enabled"].as_bool()), (Some("customers"), Some(true)));
    let manual = json!({ "trigger": "on_manual" });
    api.put(&format!("{path}/customers"), &manual).await.expect(200);
    let shown = api.get(&format!("/v1/sync-configs/{config}")).await.expect(200).json();
    assert_eq!(shown["trigger_config"]["kind"], "on_manual", "{shown}");
    api.put(&format!("{path}/customers"), &json!({ "enabled": false })).await.expect(200);
    assert_eq!(
        api.get(&format!("/v1/sync-configs/{config}")).await.expect(200).json()["sync_enabled"],
        false
    );
    let unknown = api.put(&format!("{path}/nothing"), &json!({ "enabled": true })).await.expect(422);
    assert_eq!(unknown.json()["type"], "/problems/unknown-feature");
}

/// Starts a run once the one that a new config starts by itself is over.
async fn until_started(api: &Api, path: &str, body: &Value) {
    for _ in 0..PATIENCE {
        let answer = api.post(path, body).await;
        if answer.status.as_u16() == 202 {
            return;
        }
        assert_eq!(answer.json()["type"], "/problems/run-active", "{}", answer.text);
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the first run does not end");
}

/// Waits for a row of a list; each look waits for the views to reach the log.
async fn eventually(api: &Api, path: &str) -> Value {
    for _ in 0..PATIENCE {
        let head = api::http::at_least::encode(api.head().await);
        let rows = api.get(&format!("{path}&at_least={head}")).await.expect(200).json();
        if rows["total"] != 0 {
            return rows["items"][0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("nothing came under {path}")
}

#[tokio::test]
async fn a_conflict_is_shown_field_by_field_and_settled_by_a_person() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    let config =
        api.config(&id, &json!({ "trigger": "on_manual", "conflict_resolution": "manual_review" })).await;
    // The run that a new config starts by itself would pull the remote edit before ours is put, and nothing would collide.
    eventually(&api, &format!("/v1/sync-runs?integration_id={id}&status=completed")).await;
    api.put(&customer("c1"), &json!({ "name": "Ann", "email": "a@example.com" })).await.expect(201);
    let send = format!("{}/send", customer("c1"));
    let sent = api.post(&send, &json!({ "integration_id": id })).await.expect(200).json();
    let remote = sent["remote_id"].as_str().unwrap().to_owned();
    api.provider.edit("customers", &remote, json!({ "name": "Anna" })).unwrap();
    api.put(&customer("c1"), &json!({ "name": "Anne" })).await.expect(200);
    let body = json!({ "sync_config_id": config, "direction": "inbound", "sync_type": "full" });
    until_started(&api, &format!("/v1/integrations/{id}/sync"), &body).await;
    let found = eventually(&api, "/v1/conflicts?status=open").await;
    let collision = &found["collisions"][0];
    assert_eq!(
        (&collision["base"], &collision["local"], &collision["remote"]),
        (&json!("Ann"), &json!("Anne"), &json!("Anna"))
    );
    let unit = collision["unit"].as_str().unwrap();
    let path =
        format!("/v1/conflicts/{}", found["id"].as_str().unwrap().replace('%', "%25").replace('/', "%2F"));
    api.get(&path).await.expect(200);
    let half = json!({ "resolution": "merged", "fields": {} });
    assert_eq!(api.post(&format!("{path}/resolve"), &half).await.expect(422).json()["field"], "fields");
    let choice = json!({ "resolution": "merged", "fields": { unit: { "value": "Annette" } } });
    api.post(&format!("{path}/resolve"), &choice).await.expect(200);
    for _ in 0..PATIENCE {
        if api.provider.get("customers", &remote).unwrap()["name"] == "Annette" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(api.provider.get("customers", &remote).unwrap()["name"], "Annette");
    assert_eq!(api.get(&customer("c1")).await.expect(200).json()["body"]["name"], "Annette");
    let other = json!({ "resolution": "remote" });
    assert_eq!(api.post(&format!("{path}/resolve"), &other).await.status.as_u16(), 409);
}

#[tokio::test]
async fn a_person_links_two_records_and_the_second_link_is_refused() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({ "trigger": "on_manual", "direction": "outbound" })).await;
    // The run that a new config starts by itself would send them before they are linked.
    eventually(&api, &format!("/v1/sync-runs?integration_id={id}&status=completed")).await;
    let made = api.provider.create("customers", json!({ "name": "Ann" })).unwrap();
    let remote = made["id"].as_str().unwrap();
    for local in ["c1", "c2"] {
        api.put(&customer(local), &json!({ "name": "Ann" })).await.expect(201);
    }
    let link = |local: &str| json!({ "sync_config_id": config, "local_id": local, "external_id": remote });
    api.post("/v1/entity-mappings", &link("c1")).await.expect(201);
    let taken = api.post("/v1/entity-mappings", &link("c2")).await.expect(409).json();
    assert_eq!(
        (taken["type"].as_str(), taken["field"].as_str()),
        (Some("/problems/external-id-linked"), Some("external_id"))
    );
    let nobody = api.post("/v1/entity-mappings", &link("c3")).await.expect(422);
    assert_eq!(nobody.json()["field"], "local_id");
    let runs = api.get(&format!("/v1/sync-runs?integration_id={id}")).await.expect(200).json();
    assert!(runs["items"].is_array());
    assert_eq!(api.get(&format!("/v1/projects/{PROJECT}")).await.expect(200).text_at("id"), PROJECT);
}

#[tokio::test]
async fn a_run_shows_its_progress_its_counts_and_its_records() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({ "direction": "inbound", "schedule": null })).await;
    for name in ["Ann", "Bea", "Cy"] {
        api.provider.create("customers", json!({ "name": name })).unwrap();
    }
    let path = format!("/v1/integrations/{id}/sync");
    let body = json!({ "sync_config_id": config, "sync_type": "full" });
    until_started(&api, &path, &body).await;
    let runs = eventually(&api, &format!("/v1/integrations/{id}/sync/history?triggered_by=manual")).await;
    let run = runs["id"].as_str().unwrap();
    let progress = api.get(&format!("/v1/sync-runs/{run}/progress")).await.expect(200);
    assert!(progress.headers["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let last = progress.text.lines().rfind(|line| line.starts_with("data:")).unwrap().to_owned();
    assert!(last.contains("\"completed\""), "{last}");
    let shown = api.get(&format!("/v1/sync-runs/{run}")).await.expect(200).json();
    assert_eq!(shown["status"], "completed", "{shown}");
    let page = api.get(&format!("/v1/sync-runs/{run}/records")).await.expect(200).json();
    let named = page["items"].as_array().unwrap().len()
        + usize::try_from(shown["records_skipped"].as_u64().unwrap()).unwrap();
    assert_eq!(named, 3, "each record left events in the page's unit, or was skipped: {page} {shown}");
    let listed = api.get(&format!("/v1/projects/{PROJECT}/records/customer")).await.expect(200).json();
    assert_eq!(listed["total"], 3);
    assert!(listed["items"][0]["local_id"].as_str().unwrap().starts_with('~'));
    let over = api.post(&format!("/v1/sync-runs/{run}/cancel"), &json!({})).await.expect(409);
    assert_eq!(over.json()["type"], "/problems/run-over");
}

#[tokio::test]
async fn an_error_is_grouped_by_cause_retried_and_dismissed() {
    let api = Api::at_work().await;
    let id = api.connected().await;
    api.config(&id, &json!({ "trigger": "on_manual" })).await;
    api.put(&customer("c1"), &json!({ "email": "nameless@example.com" })).await.expect(201);
    let send = format!("{}/send", customer("c1"));
    let sent = api.post(&send, &json!({ "integration_id": id })).await.expect(200).json();
    assert_eq!(
        (sent["status"].as_str(), sent["error_class"].as_str()),
        (Some("error"), Some("mapping")),
        "{sent}"
    );
    let head = api::http::at_least::encode(api.head().await);
    let failures =
        api.get(&format!("/v1/failures?integration_id={id}&at_least={head}")).await.expect(200).json();
    assert_eq!(
        (&failures["items"][0]["count"], &failures["items"][0]["error_class"]),
        (&json!(1), &json!("mapping"))
    );
    let record = sent["sync_record_id"].as_str().unwrap().replace('%', "%25").replace('/', "%2F");
    let listed = api.get("/v1/sync-records?status=error,needs_decision").await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], sent["sync_record_id"]);
    let path = format!("/v1/sync-records/{record}");
    let early = json!({ "outcome": "confirmed", "external_id": "1" });
    assert_eq!(
        api.post(&format!("{path}/resolve-outcome"), &early).await.expect(409).json()["type"],
        "/problems/outcome-not-resolved"
    );
    let half = json!({ "outcome": "confirmed" });
    assert_eq!(
        api.post(&format!("{path}/resolve-outcome"), &half).await.expect(422).json()["field"],
        "external_id"
    );
    api.put(&customer("c1"), &json!({ "name": "Ann" })).await.expect(200);
    api.post(&format!("{path}/retry"), &json!({})).await.expect(200);
    let sent = api.post(&send, &json!({ "integration_id": id })).await.expect(200).json();
    assert_eq!(sent["status"], "synced", "{sent}");
    api.post(&format!("{path}/dismiss"), &json!({})).await.expect(200);
    let nobody = "0193e3a0-0000-7000-8000-000000000000%2F-%2Fc1";
    api.post(&format!("/v1/sync-records/{nobody}/retry"), &json!({})).await.expect(404);
}
