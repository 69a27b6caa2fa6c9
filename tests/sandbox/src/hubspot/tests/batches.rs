//! Batches: all good, or 207 with what failed.

use serde_json::{Value, json};

use super::desk::Desk;

const BATCH: &str = "/crm/v3/objects/contacts/batch";

fn emails(emails: &[&str]) -> Value {
    let inputs: Vec<Value> = emails.iter().map(|email| json!({"properties": {"email": email}})).collect();
    json!({"inputs": inputs})
}

#[tokio::test]
async fn without_trace_ids_the_first_error_fails_the_whole_batch() {
    let desk = Desk::open().await;
    desk.contact("ann@example.com");
    let path = format!("{BATCH}/create");
    let (status, refused) = desk.post(&path, emails(&["bob@example.com", "ann@example.com"])).await;
    assert_eq!((status, &refused["category"]), (409, &json!("CONFLICT")));
    assert_eq!(desk.sandbox.count("contacts"), 1);
    let mut traced = emails(&["bob@example.com", "ann@example.com"]);
    for (index, input) in traced["inputs"].as_array_mut().unwrap().iter_mut().enumerate() {
        input["objectWriteTraceId"] = json!(format!("t{index}"));
    }
    let (status, mixed) = desk.post(&path, traced).await;
    assert_eq!((status, &mixed["numErrors"]), (207, &json!(1)));
    assert_eq!(mixed["results"][0]["objectWriteTraceId"], "t0");
    assert_eq!(mixed["errors"][0]["context"]["objectWriteTraceId"], json!(["t1"]));
    assert_eq!(desk.sandbox.count("contacts"), 2);
    let (status, done) = desk.post(&path, emails(&["eve@example.com"])).await;
    assert_eq!((status, &done["status"]), (201, &json!("COMPLETE")));
}

#[tokio::test]
async fn reads_answer_207_for_what_is_missing() {
    let desk = Desk::open().await;
    let id = desk.contact("ann@example.com");
    let (status, body) = desk
        .post(
            &format!("{BATCH}/read"),
            json!({"inputs": [{"id": id}, {"id": "1"}], "properties": ["firstname"]}),
        )
        .await;
    assert_eq!((status, &body["results"][0]["properties"]["firstname"]), (207, &json!("Ann")));
    assert_eq!(body["errors"][0]["context"]["ids"], json!(["1"]));
    let by_email = json!({"idProperty": "email", "inputs": [{"id": "ann@example.com"}]});
    assert_eq!(desk.post(&format!("{BATCH}/read"), by_email).await.0, 200);
}

#[tokio::test]
async fn updates_answer_one_by_one() {
    let desk = Desk::open().await;
    let id = desk.contact("ann@example.com");
    let body = json!({"inputs": [{"id": id, "properties": {"city": "Bonn"}}, {"id": "1", "properties": {"city": "Ulm"}}]});
    let (status, mixed) = desk.post(&format!("{BATCH}/update"), body).await;
    assert_eq!((status, &mixed["errors"][0]["category"]), (207, &json!("OBJECT_NOT_FOUND")));
    assert_eq!(desk.sandbox.get("contacts", &id).unwrap()["properties"]["city"], "Bonn");
    assert_eq!(desk.post(&format!("{BATCH}/archive"), json!({"inputs": [{"id": id}]})).await.0, 204);
    assert_eq!(desk.sandbox.count("contacts"), 0);
}

#[tokio::test]
async fn upserts_by_a_unique_property_are_safe_to_repeat() {
    let desk = Desk::open().await;
    desk.unique("companies", "hub_id").await;
    let path = "/crm/objects/2026-09/companies/batch/upsert";
    let body = json!({"inputs": [{"idProperty": "hub_id", "id": "C-1", "properties": {"name": "Acme"}}]});
    let (status, first) = desk.post(path, body.clone()).await;
    assert_eq!((status, &first["results"][0]["new"]), (200, &json!(true)));
    let (_, second) = desk.post(path, body).await;
    assert_eq!(second["results"][0]["new"], false);
    assert_eq!(second["results"][0]["id"], first["results"][0]["id"]);
    assert_eq!(desk.sandbox.count("companies"), 1);
    let stored = desk.sandbox.entities("companies");
    assert_eq!(stored[0]["properties"]["hub_id"], "C-1");
    let wrong = json!({"inputs": [{"idProperty": "name", "id": "Acme", "properties": {}}]});
    assert_eq!(desk.post(path, wrong).await.0, 400, "not unique");
    let email = json!({"inputs": [{"idProperty": "email", "id": "ann@example.com", "properties": {"firstname": "Ann"}}]});
    assert_eq!(desk.post(&format!("{BATCH}/upsert"), email).await.1["results"][0]["new"], true);
}

#[tokio::test]
async fn a_hundred_inputs_each_once() {
    let desk = Desk::open().await;
    let many: Vec<Value> = (0..101).map(|id| json!({"id": id.to_string()})).collect();
    assert_eq!(desk.post(&format!("{BATCH}/read"), json!({"inputs": many})).await.0, 400);
    assert_eq!(desk.post(&format!("{BATCH}/read"), json!({"inputs": []})).await.0, 400);
    let twice = json!({"inputs": [{"id": "1"}, {"id": "1"}]});
    assert_eq!(desk.post(&format!("{BATCH}/read"), twice).await.0, 400);
}
