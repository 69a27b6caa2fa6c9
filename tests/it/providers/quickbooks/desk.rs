//! A connected company with some features, and what a caller does with it.

use serde_json::{Value, json};

use super::super::stage::Stage;
use super::Books;

pub(super) type OfBooks = Stage<Books>;

/// The default project's records.
const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

/// A company with these features, and customers.
pub(super) async fn with(features: &[&str]) -> OfBooks {
    let stage = OfBooks::connected(true, false).await;
    for code in features {
        let path = stage.path(&format!("features/{code}"));
        stage.hub.put(&path, json!({"enabled": true})).await.unwrap();
    }
    stage.rest().await;
    stage.pass(8).await;
    stage
}

/// An amount, however it is spelled.
pub(super) fn digits(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Puts a record of ours and lets it be sent.
pub(super) async fn put(stage: &OfBooks, entity: &str, id: &str, fields: Value) {
    stage.hub.put(&format!("{RECORDS}/{entity}/{id}"), fields).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
}

/// Deletes a record of ours; what that means there is the policy's.
pub(super) async fn delete(stage: &OfBooks, entity: &str, id: &str, policy: &str) {
    let configs = stage.hub.get(&stage.path("sync/config")).await.unwrap();
    let config = configs["items"].as_array().unwrap().iter().find(|one| one["local_entity"] == entity);
    let config = config.unwrap_or_else(|| panic!("{configs}"))["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/sync-configs/{config}");
    stage.hub.put(&path, json!({"on_local_delete": policy})).await.unwrap();
    let path = format!("{RECORDS}/{entity}/{id}");
    stage.hub.expect(reqwest::Method::DELETE, &path, None).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
}

/// A record of ours.
pub(super) async fn ours(stage: &OfBooks, entity: &str, id: &str) -> Value {
    stage.hub.get(&format!("{RECORDS}/{entity}/{id}")).await.unwrap()["body"].clone()
}

/// Our records of an entity: their ids and contents.
pub(super) async fn all_ours(stage: &OfBooks, entity: &str) -> Vec<(String, Value)> {
    let listed = stage.hub.get(&format!("{RECORDS}/{entity}?limit=100")).await.unwrap();
    let ids =
        listed["items"].as_array().unwrap().iter().map(|one| one["local_id"].as_str().unwrap().to_owned());
    let mut all = Vec::new();
    for id in ids {
        let fields = ours(stage, entity, &id).await;
        all.push((id, fields));
    }
    all
}

/// Our id of the record with this name.
pub(super) async fn named(stage: &OfBooks, entity: &str, name: &str) -> String {
    let all = all_ours(stage, entity).await;
    let found = all.iter().find(|(_, fields)| fields["name"] == json!(name));
    found.unwrap_or_else(|| panic!("no {entity} {name} among {all:?}")).0.clone()
}

/// The one object of an entity there.
pub(super) fn only(stage: &OfBooks, entity: &str) -> Value {
    let all = stage.there.0.entities(entity);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

/// What a record would be refused for before it is sent.
pub(super) async fn reasons(stage: &OfBooks, entity: &str, record: Value) -> Vec<String> {
    let asked = json!({"integration_id": stage.integration, "record": record});
    let answer = stage.hub.post(&format!("{RECORDS}/{entity}/validate"), asked).await.unwrap();
    let errors = answer["errors"].as_array().unwrap().iter();
    errors.map(|one| one["message"].as_str().unwrap().to_owned()).collect()
}
