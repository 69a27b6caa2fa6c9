//! Batches.

use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn items_fail_by_themselves() {
    let desk = Desk::open().await;
    let invoice = desk.invoice_body().await;
    let batch = json!({"BatchItemRequest": [
        {"bId": "a", "operation": "create", "Customer": {"DisplayName": "Bolt"}},
        {"bId": "b", "operation": "create", "Customer": {"DisplayName": "Acme"}},
        {"bId": "c", "operation": "create", "Invoice": invoice},
        {"bId": "d", "Query": "select count(*) from Invoice"},
        {"bId": "e", "operation": "update", "Customer": {"Id": "1", "SyncToken": "7", "sparse": true}},
        {"bId": "f", "Query": "select nothing"}
    ]});
    let (status, answer) = desk.post("/batch", batch).await;
    assert_eq!(status, 200);
    let items = answer["BatchItemResponse"].as_array().unwrap();
    let ids: Vec<_> = items.iter().map(|item| item["bId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(items[0]["Customer"]["DisplayName"], "Bolt");
    assert_eq!(items[1]["Fault"]["Error"][0]["code"], "6240");
    assert_eq!(items[2]["Invoice"]["TotalAmt"], 21);
    assert_eq!(items[3]["QueryResponse"]["totalCount"], 1);
    assert_eq!(items[4]["Fault"]["Error"][0]["code"], "5010");
    assert_eq!(items[5]["Fault"]["Error"][0]["code"], "4000");
}

#[tokio::test]
async fn request_ids_cover_batches() {
    let desk = Desk::open().await;
    let batch = json!({"BatchItemRequest": [
        {"bId": "a", "operation": "create", "Customer": {"DisplayName": "Bolt"}}
    ]});
    let first = desk.post("/batch?requestid=r1", batch.clone()).await;
    assert_eq!(desk.post("/batch?requestid=r1", batch).await, first);
    assert_eq!(desk.sandbox.count("Customer"), 1);
    let long = json!({"BatchItemRequest": [{"bId": "12345678901", "Query": "select * from Term"}]});
    assert_eq!(desk.refused("/batch?requestid=r2", long.clone()).await, "2050");
    assert_eq!(desk.post("/batch", long.clone()).await.0, 200);
    let path = format!("/batch?requestid={}", "x".repeat(37));
    assert_eq!(desk.refused(&path, long).await, "2050");
}

#[tokio::test]
async fn thirty_items_is_the_limit() {
    let desk = Desk::open().await;
    let items: Vec<_> =
        (0..31).map(|n| json!({"bId": n.to_string(), "Query": "select * from Term"})).collect();
    assert_eq!(desk.refused("/batch", json!({"BatchItemRequest": items})).await, "6000");
    assert_eq!(desk.post("/batch", json!({"BatchItemRequest": items[..30]})).await.0, 200);
}
