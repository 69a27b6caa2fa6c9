//! Bulk operations.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::shopify::ShopifyConfig;

const RUN: &str = "mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id status } userErrors { field code message } } }";
const POLL: &str = "query($id: ID!) { bulkOperation(id: $id) { status url objectCount rootObjectCount completedAt } currentBulkOperation { id } }";

#[tokio::test]
async fn a_result_is_fetched_as_lines_with_parents() {
    let desk = Desk::with(ShopifyConfig { bulk_ms: 5000, ..ShopifyConfig::unlimited() }).await;
    desk.order("SO-1");
    desk.order("SO-2");
    let query = "{ orders { edges { node { id name lineItems { edges { node { id quantity } } } } } } }";
    let started = desk.data(RUN, json!({"q": query})).await["bulkOperationRunQuery"]["bulkOperation"].take();
    assert_eq!(started["status"], "CREATED");
    let id = json!({"id": started["id"]});
    let running = desk.data(POLL, id.clone()).await["bulkOperation"].take();
    assert_eq!((&running["status"], &running["url"]), (&json!("RUNNING"), &Value::Null));
    desk.sandbox.advance_clock(6);
    let done = desk.data(POLL, id.clone()).await["bulkOperation"].take();
    assert_eq!(
        (&done["status"], &done["objectCount"], &done["rootObjectCount"]),
        (&json!("COMPLETED"), &json!("4"), &json!("2"))
    );
    let url = done["url"].as_str().unwrap();
    let text = desk.http.get(url).send().await.unwrap().text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1]["__parentId"], lines[0]["id"]);
    assert_eq!((&lines[1]["quantity"], lines[0].get("lineItems")), (&json!(2), None));
    desk.sandbox.advance_clock(7 * 24 * 3600);
    assert_eq!(desk.http.get(url).send().await.unwrap().status(), 404, "links die after a week");
}

#[tokio::test]
async fn bulk_queries_have_rules() {
    let desk = Desk::open().await;
    for query in [
        "{ shop { id } }",
        "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }",
        "{ orders { edges { node { nonsense } } } }",
        "mutation { orderOpen(input: {id: \"x\"}) { order { id } } }",
    ] {
        let done = desk.data(RUN, json!({"q": query})).await["bulkOperationRunQuery"].take();
        assert_eq!(done["userErrors"][0]["code"], "INVALID", "{query}");
    }
}

#[tokio::test]
async fn five_run_at_once() {
    let desk = Desk::with(ShopifyConfig { bulk_ms: 60_000, ..ShopifyConfig::unlimited() }).await;
    let query = json!({"q": "{ customers { edges { node { id } } } }"});
    for _ in 0..5 {
        assert_eq!(desk.data(RUN, query.clone()).await["bulkOperationRunQuery"]["userErrors"], json!([]));
    }
    let sixth = desk.data(RUN, query).await["bulkOperationRunQuery"].take();
    assert_eq!(sixth["userErrors"][0]["code"], "OPERATION_IN_PROGRESS");
}

#[tokio::test]
async fn an_empty_result_has_no_file() {
    let desk = Desk::with(ShopifyConfig { bulk_ms: 0, ..ShopifyConfig::unlimited() }).await;
    let started = desk.data(RUN, json!({"q": "{ customers { edges { node { id } } } }"})).await;
    let id = json!({"id": started["bulkOperationRunQuery"]["bulkOperation"]["id"]});
    let done = desk.data(POLL, id).await["bulkOperation"].take();
    assert_eq!((&done["status"], &done["url"]), (&json!("COMPLETED"), &Value::Null));
}

#[tokio::test]
async fn an_operation_reads_with_the_scopes_of_its_token() {
    let desk = Desk::with(ShopifyConfig { bulk_ms: 0, ..ShopifyConfig::unlimited() }).await;
    desk.order("OLD-1");
    desk.sandbox.advance_clock(61 * 24 * 3600);
    for (scopes, status, count) in [
        (&["read_customers"][..], "FAILED", "0"),
        (&["read_orders"][..], "COMPLETED", "0"),
        (&["read_orders", "read_all_orders"][..], "COMPLETED", "1"),
    ] {
        let token = desk.sandbox.issue_tokens(scopes).access_token;
        let ask = async |query: &str, variables: Value| {
            let request = desk.http.post(desk.sandbox.graphql_url("2026-10"));
            let request = request.header("x-shopify-access-token", &token);
            let answer = request.json(&json!({"query": query, "variables": variables})).send().await.unwrap();
            answer.json::<Value>().await.unwrap()["data"].take()
        };
        let started = ask(RUN, json!({"q": "{ orders { edges { node { id } } } }"})).await;
        let id = json!({"id": started["bulkOperationRunQuery"]["bulkOperation"]["id"]});
        let done = ask(POLL, id).await["bulkOperation"].take();
        assert_eq!((&done["status"], &done["objectCount"]), (&json!(status), &json!(count)), "{scopes:?}");
    }
}
