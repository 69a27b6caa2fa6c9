//! The simulator over HTTP, as a connector meets it.

use serde_json::{Value, json};

use super::{RestConfig, RestSandbox, start};
use crate::test_client::client;

mod faults;
mod idempotency;
mod listing;
mod strictness;
mod webhooks;
mod writes;

async fn sandbox(config: RestConfig) -> RestSandbox {
    start(config).await.unwrap()
}

fn with_records(records: usize) -> RestConfig {
    RestConfig { records, ..RestConfig::default() }
}

/// The status and JSON of an answer.
async fn ask(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

async fn get(sandbox: &RestSandbox, path: &str) -> (u16, Value) {
    ask(client().get(format!("{}{path}", sandbox.base_url))).await
}

async fn post(sandbox: &RestSandbox, path: &str, body: &Value) -> (u16, Value) {
    ask(client().post(format!("{}{path}", sandbox.base_url)).json(body)).await
}

fn customer(key: &str) -> Value {
    json!({"name": "Ada Okafor", "external_id": key})
}

fn ids(page: &Value) -> Vec<&str> {
    let data = page["data"].as_array().unwrap();
    data.iter().map(|row| row["id"].as_str().unwrap()).collect()
}
