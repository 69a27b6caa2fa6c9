//! Records: single, in batches, validated, and their feed.

use axum::http::Method;
use serde_json::{Value, json};

use super::client::{Api, PROJECT, customer};

#[tokio::test]
async fn an_absent_field_keeps_its_value_and_null_clears_it() {
    let api = Api::at_rest().await;
    let path = customer("c1");
    api.put(&path, &json!({ "name": "Ann", "phone": "1", "credit_limit": 9_007_199_254_740_993_u64 }))
        .await
        .expect(201);
    api.put(&path, &json!({ "phone": null, "email": "a@example.com" })).await.expect(200);
    let shown = api.get(&path).await.expect(200);
    assert_eq!(
        shown.json()["body"],
        json!({ "name": "Ann", "email": "a@example.com", "credit_limit": 9_007_199_254_740_993_u64 })
    );
    assert_eq!(shown.headers["etag"], "\"2\"");
    let same = api.put(&path, &json!({ "name": "Ann" })).await.expect(200);
    assert_eq!(same.json()["version"], 2, "a put that changes nothing is no event");
    api.put(&format!("{path}?replace=true"), &json!({ "name": "Ann" })).await.expect(200);
    assert_eq!(api.get(&path).await.expect(200).json()["body"], json!({ "name": "Ann" }));
    let late =
        api.send((Method::PUT, &path), json!({ "name": "B" }).to_string(), &[("if-match", "\"1\"")]).await;
    late.expect(412);
    api.delete(&path).await.expect(200);
    api.get(&path).await.expect(404);
}

#[tokio::test]
async fn ids_that_must_not_be_are_refused() {
    let api = Api::at_rest().await;
    let body = json!({ "name": "Ann" });
    for id in ["~1~2~3", "ann@example.com", &"x".repeat(256)] {
        assert_eq!(api.put(&customer(id), &body).await.expect(422).json()["field"], "local_id");
    }
    let path = format!("/v1/projects/{PROJECT}/records/Customer/c1");
    assert_eq!(api.put(&path, &body).await.expect(422).json()["field"], "entity");
    let nowhere = "/v1/projects/0193e3a0-0000-7000-8000-000000000000/records/customer/c1";
    api.put(nowhere, &body).await.expect(404);
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_batch_takes_the_good_lines_and_answers_the_bad_ones() {
    let api = Api::at_rest().await;
    let mut body = String::new();
    for number in 0..1_203 {
        body.push_str(&json!({ "local_id": format!("c{number}"), "fields": { "name": "N" } }).to_string());
        body.push('\n');
    }
    body.push_str("{\"local_id\": \"broken\n\n");
    body.push_str(&json!({ "local_id": "~mine", "fields": {} }).to_string());
    body.push('\n');
    body.push_str(&json!({ "local_id": "c1", "fields": { "name": "N" }, "colour": 1 }).to_string());
    body.push('\n');
    body.push_str(&json!({ "local_id": "long", "fields": { "name": "x".repeat(1 << 20) } }).to_string());
    body.push('\n');
    body.push_str(&json!({ "local_id": "nul", "fields": { "name": "a\u{0}" } }).to_string());
    body.push('\n');
    body.push_str(&json!({ "local_id": "c1", "fields": { "name": "M" } }).to_string());
    let path = format!("/v1/projects/{PROJECT}/records/customer/batch");
    let kind = [("content-type", "application/x-ndjson")];
    let answer = api.send((Method::POST, &path), body.clone(), &kind).await.expect(200);
    let answers = lines(&answer.text);
    let (sum, refused) = answers.split_last().unwrap();
    let numbers: Vec<u64> = refused.iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1204, 1206, 1207, 1208, 1209]);
    let kinds: Vec<&str> = refused.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["body-not-json", "invalid-field", "unknown-field", "body-too-large", "nul-character"]
            .map(|kind| format!("/problems/{kind}"))
    );
    assert_eq!(sum["counts"], json!({ "lines": 1209, "changed": 1204, "unchanged": 0, "refused": 5 }));
    let list =
        format!("/v1/projects/{PROJECT}/records/customer?at_least={}", sum["position"].as_str().unwrap());
    assert_eq!(api.get(&list).await.expect(200).json()["total"], 1_203);
    assert_eq!(api.get(&customer("c1")).await.expect(200).json()["body"]["name"], "M");
}

#[tokio::test]
async fn the_change_feed_shows_changes_in_order_and_waits_for_the_next() {
    let api = Api::at_rest().await;
    api.put(&customer("c1"), &json!({ "name": "Ann", "phone": "1" })).await.expect(201);
    api.put(&customer("c1"), &json!({ "name": "Bea", "phone": null })).await.expect(200);
    api.delete(&customer("c1")).await.expect(200);
    let feed = api.get("/v1/changes?limit=2").await.expect(200).json();
    let changes: Vec<_> =
        feed["items"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["created", "updated"]);
    assert_eq!(feed["items"][1]["fields"], json!({ "name": "Bea" }));
    assert_eq!(feed["items"][1]["cleared"], json!(["phone"]));
    let next = feed["next"].as_str().unwrap();
    let rest = api.get(&format!("/v1/changes?after={next}")).await.expect(200).json();
    assert_eq!(rest["items"][0]["change"], "deleted");
    let last = rest["next"].as_str().unwrap();
    assert_eq!(api.get(&format!("/v1/changes?after={last}")).await.expect(200).json()["items"], json!([]));
    let waiting = format!("/v1/changes?after={last}&wait=20");
    let path = customer("c2");
    let body = json!({ "name": "Cy" });
    let (found, _) = tokio::join!(api.get(&waiting), api.put(&path, &body));
    assert_eq!(found.expect(200).json()["items"][0]["local_id"], "c2");
    assert_eq!(api.get("/v1/changes?after=nonsense").await.expect(422).json()["field"], "after");
}

#[tokio::test]
async fn validating_and_previewing_store_nothing() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({})).await;
    let before = api.head().await;
    let path = format!("/v1/projects/{PROJECT}/records/customer/validate");
    let good =
        api.post(&path, &json!({ "integration_id": id, "record": { "name": "Ann" } })).await.expect(200);
    assert_eq!(good.json()["valid"], true, "{}", good.text);
    let preview = format!("/v1/sync-configs/{config}/mapping/preview");
    let tried = api.post(&preview, &json!({ "record": { "name": "Ann" } })).await.expect(200).json();
    assert_eq!(tried["outbound"]["name"], "Ann", "{tried}");
    let record = json!({ "name": "Ann", "phone": "1" });
    let other = json!({ "record": record, "field_mappings": { "first_name": "name", "phone": "phone" } });
    let tried = api.post(&preview, &other).await.expect(200).json();
    assert_eq!(tried["outbound"]["phone"], "1", "{tried}");
    assert!(tried["outbound"].get("name").is_none(), "{tried}");
    assert_eq!(api.head().await, before);
}

#[tokio::test]
async fn single_mappings_and_the_whole_one_are_versions_of_the_same() {
    let api = Api::at_rest().await;
    let id = api.connected().await;
    let config = api.config(&id, &json!({ "field_mappings": { "name": "name" } })).await;
    let rule = json!({ "sync_config_id": config, "local_field": "email", "remote_field": "email" });
    let path = format!("/v1/integrations/{id}/mappings");
    let made = api.post(&path, &rule).await.expect(201);
    assert_eq!(made.json()["mapping_number"], 2);
    let listed = api.get(&path).await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let whole = format!("/v1/sync-configs/{config}/mapping");
    let shown = api.get(&whole).await.expect(200);
    assert_eq!(shown.headers["etag"], "\"2\"");
    let body = json!({ "field_mappings": { "name": "name" } }).to_string();
    let stale = api.send((Method::PUT, &whole), body.clone(), &[("if-match", "\"1\"")]).await.expect(412);
    assert_eq!(stale.json()["type"], "/problems/mapping-changed");
    api.send((Method::PUT, &whole), body, &[("if-match", "\"2\"")]).await.expect(200);
    api.delete(&format!("{path}/{}", made.text_at("id"))).await.expect(404);
    let versions = api.get(&format!("{whole}/versions")).await.expect(200).json();
    let numbers: Vec<_> =
        versions["items"].as_array().unwrap().iter().map(|one| one["mapping_number"].clone()).collect();
    assert_eq!(numbers, [json!(3), json!(2), json!(1)]);
}

#[tokio::test]
async fn configuration_mappings_are_set_listed_changed_and_removed() {
    let api = Api::at_rest().await;
    let id = api.integration().await;
    for (path, own) in [
        (
            "integration_mappings",
            json!({ "mappable_type": "add_on", "mappable_id": "a1", "external_id": "9" }),
        ),
        (
            "integration_collection_mappings",
            json!({ "mapping_type": "invoice", "external_account_code": "4000" }),
        ),
        (
            "integration_customers",
            json!({ "customer_id": "c1", "customer_type": "company", "external_customer_id": "7" }),
        ),
    ] {
        let (path, mut body) = (format!("/v1/{path}"), own);
        api.post(&path, &body).await.expect(422);
        body["integration_id"] = json!(id);
        let made = api.post(&path, &body).await.expect(201).headers["location"].to_str().unwrap().to_owned();
        let listed = api.get(&format!("{path}?integration_id={id}")).await.expect(200).json();
        assert_eq!(listed["total"], 1, "{listed}");
        body["settings"] = json!({ "note": "x" });
        api.put(&made, &body).await.expect(200);
        assert_eq!(api.get(&path).await.expect(200).json()["items"][0]["settings"], json!({ "note": "x" }));
        api.delete(&made).await.expect(200);
        api.delete(&made).await.expect(404);
    }
}
