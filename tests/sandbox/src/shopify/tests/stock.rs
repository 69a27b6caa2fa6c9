//! Stock: compare-and-set and idempotency, as each version wants them.

use serde_json::{Value, json};

use super::desk::{Desk, VERSION};

const PLAIN: &str = "mutation($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) {
    inventoryAdjustmentGroup { changes { delta quantityAfterChange } } userErrors { field code } } }";

fn keyed(key: &str) -> String {
    let directive = format!("inventorySetQuantities(input: $input) @idempotent(key: \"{key}\")");
    PLAIN.replacen("inventorySetQuantities(input: $input)", &directive, 1)
}

fn input(item: &str, location: &str, more: impl Into<Value>) -> Value {
    let more: Value = more.into();
    let mut entry = json!({"inventoryItemId": item, "locationId": location, "quantity": 12});
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"input": {"name": "available", "reason": "correction", "quantities": [entry]}})
}

fn code(body: &Value) -> Value {
    body["data"]["inventorySetQuantities"]["userErrors"][0]["code"].clone()
}

#[tokio::test]
async fn the_directive_is_required_from_2026_04() {
    let desk = Desk::open().await;
    let [_, _, item, location] = desk.product("L-1");
    let change = input(&item, &location, json!({"changeFromQuantity": 0}));
    let body = desk.ask(PLAIN, change.clone()).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    assert!(desk.ask_in("2026-01", PLAIN, change.clone()).await.get("errors").is_none());
    let first = desk
        .ask(&keyed("k1"), input(&item, &location, json!({"changeFromQuantity": 12, "quantity": 20})))
        .await;
    assert_eq!(
        first["data"]["inventorySetQuantities"]["inventoryAdjustmentGroup"]["changes"][0],
        json!({"delta": 8, "quantityAfterChange": 20})
    );
    let again = desk
        .ask(&keyed("k1"), input(&item, &location, json!({"changeFromQuantity": 12, "quantity": 20})))
        .await;
    assert_eq!(again["data"], first["data"], "the first result, not a stale quantity");
    let other = desk
        .ask(&keyed("k1"), input(&item, &location, json!({"changeFromQuantity": 20, "quantity": 1})))
        .await;
    assert_eq!(code(&other), "IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
    assert_eq!(desk.sandbox.stats()["replays"], 1);
}

#[tokio::test]
async fn the_expected_quantity_is_compared() {
    let desk = Desk::open().await;
    let [_, variant, item, location] = desk.product("L-1");
    let call = async |key: &str, more: Value| {
        let body = desk.ask_in(VERSION, &keyed(key), input(&item, &location, more)).await;
        (code(&body), body["errors"][0]["extensions"]["code"].clone())
    };
    assert_eq!(call("a", json!({"changeFromQuantity": 3})).await.0, "CHANGE_FROM_QUANTITY_STALE");
    assert_eq!(call("b", json!({})).await.1, "BAD_REQUEST", "left out is an error at run time");
    assert_eq!(call("c", json!({"changeFromQuantity": null})).await, (Value::Null, Value::Null));
    assert_eq!(
        call("d", json!({"changeFromQuantity": null, "quantity": -1})).await.0,
        "INVALID_QUANTITY_NEGATIVE"
    );
    let older = async |more: Value| code(&desk.ask_in("2026-01", PLAIN, input(&item, &location, more)).await);
    assert_eq!(older(json!({})).await, "COMPARE_QUANTITY_REQUIRED");
    assert_eq!(older(json!({"compareQuantity": 1})).await, "COMPARE_QUANTITY_STALE");
    assert_eq!(older(json!({"compareQuantity": 12, "quantity": 7})).await, Value::Null);
    let data = desk
        .data("query($id: ID!) { productVariant(id: $id) { inventoryQuantity } }", json!({"id": variant}))
        .await;
    assert_eq!(data["productVariant"]["inventoryQuantity"], 7);
}

#[tokio::test]
async fn all_entries_or_none() {
    let desk = Desk::open().await;
    let [_, _, item, location] = desk.product("L-1");
    let entry = |item: &str| json!({"inventoryItemId": item, "locationId": location, "quantity": 5, "changeFromQuantity": null});
    let entries = json!([entry(&item), entry("gid://shopify/InventoryItem/1")]);
    let input = json!({"input": {"name": "available", "reason": "correction", "quantities": entries}});
    assert_eq!(code(&desk.ask(&keyed("k"), input).await), "INVALID_INVENTORY_ITEM");
    let twice = json!({"input": {"name": "available", "reason": "correction", "quantities": [entry(&item), entry(&item)]}});
    assert_eq!(code(&desk.ask(&keyed("l"), twice).await), "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR");
    let reason = json!({"input": {"name": "available", "reason": "because", "quantities": [entry(&item)]}});
    assert_eq!(code(&desk.ask(&keyed("m"), reason).await), "INVALID_REASON");
    let query = "query($id: ID!, $at: ID!) { inventoryItem(id: $id) { inventoryLevel(locationId: $at) { quantities(names: [\"available\", \"on_hand\"]) { name quantity } }
        inventoryLevels(first: 5) { nodes { location { name } } } } }";
    let data = desk.data(query, json!({"id": item, "at": location})).await["inventoryItem"].take();
    assert_eq!(
        data["inventoryLevel"]["quantities"],
        json!([{"name": "available", "quantity": 0}, {"name": "on_hand", "quantity": 0}])
    );
    assert_eq!(data["inventoryLevels"]["nodes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn adjusting_moves_by_a_difference() {
    let desk = Desk::open().await;
    let [_, _, item, location] = desk.product("L-1");
    let query = "mutation($i: InventoryAdjustQuantitiesInput!) { inventoryAdjustQuantities(input: $i) @idempotent(key: \"x\") {
        inventoryAdjustmentGroup { reason changes { quantityAfterChange } } userErrors { code } } }";
    let change =
        json!({"inventoryItemId": item, "locationId": location, "delta": 4, "changeFromQuantity": 0});
    let input = json!({"i": {"name": "available", "reason": "received", "changes": [change]}});
    let data = desk.data(query, input).await["inventoryAdjustQuantities"].take();
    assert_eq!(data["inventoryAdjustmentGroup"]["changes"][0]["quantityAfterChange"], 4);
}
