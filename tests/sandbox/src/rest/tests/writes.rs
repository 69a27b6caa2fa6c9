use serde_json::{Value, json};

use super::super::{RestConfig, RestSandbox};
use super::{ask, customer, get, post, sandbox, with_records};
use crate::test_client::client;

fn versioned() -> RestConfig {
    RestConfig { versions: true, ..with_records(1) }
}

fn put(sandbox: &RestSandbox, body: &Value) -> reqwest::RequestBuilder {
    let url = format!("{}/customers/cus_00000001", sandbox.base_url);
    client().put(url).json(body)
}

fn patch(sandbox: &RestSandbox, body: &Value) -> reqwest::RequestBuilder {
    let url = format!("{}/customers/cus_00000001", sandbox.base_url);
    client().patch(url).json(body)
}

#[tokio::test]
async fn a_created_record_can_be_read_patched_replaced_and_deleted() {
    let sandbox = sandbox(with_records(0)).await;
    let (status, made) = post(&sandbox, "/customers", &customer("C-1")).await;
    assert_eq!((status, &made["id"]), (201, &json!("cus_00000001")));
    let (_, patched) = ask(patch(&sandbox, &json!({"a": {"b": 1, "c": 2}, "phone": "5"}))).await;
    assert_eq!(patched["name"], made["name"]);
    let (_, merged) = ask(patch(&sandbox, &json!({"a": {"b": null}, "phone": null}))).await;
    assert_eq!(merged["a"], json!({"c": 2}));
    assert!(merged.get("phone").is_none());
    let (_, replaced) = ask(put(&sandbox, &json!({"name": "Eleni"}))).await;
    assert_eq!(replaced["external_id"], Value::Null);
    assert!(replaced.get("a").is_none());
    assert_eq!(replaced["created_at"], made["created_at"]);
    assert_eq!(get(&sandbox, "/customers/cus_00000001").await.1, replaced);
    let url = format!("{}/customers/cus_00000001", sandbox.base_url);
    assert_eq!(ask(client().delete(&url)).await.1["deleted"], json!(true));
    assert_eq!(ask(client().delete(&url)).await.0, 404);
    assert_eq!(sandbox.writes_per_record()["cus_00000001"], 5);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_version_is_demanded_and_a_stale_one_refused() {
    let sandbox = sandbox(versioned()).await;
    let body = json!({"phone": "1"});
    assert_eq!(ask(patch(&sandbox, &body)).await.0, 428);
    assert_eq!(ask(patch(&sandbox, &body).header("If-Match", "1")).await.0, 400);
    let first = ask(patch(&sandbox, &body).header("If-Match", "\"1\"")).await;
    assert_eq!((first.0, &first.1["version"]), (200, &json!(2)));
    let stale = ask(patch(&sandbox, &body).header("If-Match", "\"1\"")).await;
    assert_eq!((stale.0, &stale.1["error"]["code"]), (412, &json!("stale_version")));
    sandbox.edit("customers", "cus_00000001", json!({"phone": "2"})).unwrap();
    let whole = json!({"name": "Ada"});
    assert_eq!(ask(put(&sandbox, &whole).header("If-Match", "\"2\"")).await.0, 412);
    assert_eq!(ask(put(&sandbox, &whole).header("If-Match", "\"3\"")).await.0, 200);
    sandbox.stop().await;
}

#[tokio::test]
async fn members_out_of_order_are_refused_by_name() {
    let sandbox = sandbox(with_records(0)).await;
    let refused = [
        (json!({}), "required", "name"),
        (json!({"name": " "}), "empty", "name"),
        (json!({"name": "x".repeat(256)}), "too_long", "name"),
        (json!({"name": 5}), "invalid_type", "name"),
        (json!({"name": "A", "email": "a.example.com"}), "invalid_email", "email"),
        (json!({"name": "A", "emails": [{"value": "@x"}]}), "invalid_email", "emails.value"),
        (json!({"name": "A", "currency": "usd"}), "unknown_currency", "currency"),
        (json!({"name": "A", "balance": "1.00"}), "invalid_type", "balance"),
        (json!({"name": "A", "id": "cus_00000009"}), "read_only", "id"),
    ];
    for (body, code, field) in refused {
        let (status, answer) = post(&sandbox, "/customers", &body).await;
        let error = &answer["error"];
        assert_eq!(status, 422, "{body}");
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)));
    }
    assert!(sandbox.records("customers").is_empty());
    assert_eq!(sandbox.stats()["refused"]["422"], json!(9));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_record_may_be_put_back_as_it_was_read_but_not_with_another_stamp() {
    let sandbox = sandbox(with_records(1)).await;
    let mut record = sandbox.get("customers", "cus_00000001").unwrap();
    assert_eq!(ask(put(&sandbox, &record)).await.0, 200);
    record["created_at"] = json!("2020-01-01T00:00:00Z");
    assert_eq!(ask(put(&sandbox, &record)).await.1["error"]["code"], json!("read_only"));
    sandbox.stop().await;
}

#[tokio::test]
async fn money_keeps_its_digits() {
    let sandbox = sandbox(with_records(0)).await;
    let url = format!("{}/orders", sandbox.base_url);
    let request = client().post(url).header("Content-Type", "application/json");
    let answer = request.body(r#"{"total":1234.50,"currency":"EUR"}"#).send().await.unwrap();
    assert!(answer.text().await.unwrap().contains(r#""total":1234.50"#));
    sandbox.stop().await;
}

#[tokio::test]
async fn a_second_live_record_with_the_key_is_refused_where_keys_are_unique() {
    let sandbox = sandbox(RestConfig { unique_external_id: true, ..with_records(0) }).await;
    assert_eq!(post(&sandbox, "/customers", &customer("C-1")).await.0, 201);
    let (status, answer) = post(&sandbox, "/customers", &customer("C-1")).await;
    assert_eq!((status, &answer["error"]["field"]), (409, &json!("external_id")));
    assert_eq!(post(&sandbox, "/orders", &customer("C-1")).await.0, 201);
    sandbox.delete("customers", "cus_00000001").unwrap();
    assert_eq!(post(&sandbox, "/customers", &customer("C-1")).await.0, 201);
    assert!(sandbox.duplicates().is_empty());
    sandbox.stop().await;
}

#[tokio::test]
async fn duplicates_are_counted_where_keys_are_not_unique() {
    let sandbox = sandbox(with_records(0)).await;
    for key in ["C-1", "C-1", "C-2"] {
        post(&sandbox, "/customers", &customer(key)).await;
    }
    assert_eq!(sandbox.duplicates()["customers/C-1"], ["cus_00000001", "cus_00000002"]);
    assert_eq!(sandbox.writes_per_key()["customers/C-1"], 2);
    assert_eq!(sandbox.stats()["duplicates"], json!(1));
    sandbox.reset();
    assert!(sandbox.writes_per_key().is_empty());
    assert_eq!(sandbox.duplicates().len(), 1);
    sandbox.stop().await;
}
