//! The language: variables, aliases, fragments, and what is refused before anything runs.

use serde_json::json;

use super::desk::{Desk, VERSION};

#[tokio::test]
async fn aliases_fragments_and_typename_work() {
    let desk = Desk::open().await;
    let id = desk.customer("ann@example.com");
    let query = "query Who($id: ID!, $no: Boolean = false) {
        first: customer(id: $id) { ...Names email @include(if: $no) }
        again: node(id: $id) { __typename ... on Customer { legacyResourceId } ... on Order { name } }
    }
    fragment Names on Customer { first: firstName displayName }";
    let data = desk.data(query, json!({"id": id})).await;
    assert_eq!(data["first"], json!({"first": "Ann", "displayName": "Ann"}));
    let number = id.rsplit('/').next().unwrap();
    assert_eq!(data["again"], json!({"__typename": "Customer", "legacyResourceId": number}));
}

#[tokio::test]
async fn an_unknown_record_is_null_without_an_error() {
    let desk = Desk::open().await;
    let query =
        "{ order(id: \"gid://shopify/Order/1\") { id } node(id: \"gid://shopify/Product/1\") { id } }";
    assert_eq!(desk.data(query, json!({})).await, json!({"order": null, "node": null}));
}

#[tokio::test]
async fn what_does_not_fit_the_schema_is_refused_with_status_200() {
    let desk = Desk::open().await;
    for (query, code) in [
        ("{ shop { nonsense } }", "undefinedField"),
        ("{ giftCards(first: 1) { nodes { id } } }", "undefinedField"),
        ("{ shop { name { x } } }", "selectionMismatch"),
        ("{ shop }", "selectionMismatch"),
        ("{ customer { id } }", "missingRequiredArguments"),
        ("{ orders(first: 1, nonsense: 2) { nodes { id } } }", "argumentNotAccepted"),
        ("query($x: ID!) { shop { id } }", "variableNotUsed"),
        ("{ customer(id: $x) { id } }", "variableNotDefined"),
        ("query($x: String) { customer(id: $x) { id } }", "variableMismatch"),
        ("{ orders(first: 1, sortKey: \"ID\") { nodes { id } } }", "argumentLiteralsIncompatible"),
        ("{ shop { ...Gone } }", "useAndDefineFragment"),
        ("{ shop { id ", "PARSE_ERROR"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
    ] {
        assert_eq!(desk.code(query, json!({})).await, code, "{query}");
    }
    assert_eq!(desk.sandbox.stats()["not_modelled"], 3);
}

#[tokio::test]
async fn a_wrong_variable_names_the_place() {
    let desk = Desk::open().await;
    let query = "mutation($input: CustomerInput!) { customerCreate(input: $input) { customer { id } } }";
    let body = desk.ask(query, json!({"input": {"email": "a@b.co", "shoeSize": 4}})).await;
    let error = &body["errors"][0];
    assert_eq!(error["extensions"]["code"], "INVALID_VARIABLE");
    assert_eq!(error["extensions"]["problems"][0]["path"], json!(["shoeSize"]));
    assert!(body.get("data").is_none());
    assert_eq!(desk.sandbox.count("Customer"), 0);
}

#[tokio::test]
async fn fields_come_and_go_with_versions() {
    let desk = Desk::open().await;
    let query = "query($id: ID!) { bulkOperation(id: $id) { status } }";
    let id = json!({"id": "gid://shopify/BulkOperation/1"});
    let body = desk.ask_in(VERSION, query, id.clone()).await;
    assert_eq!(body["data"], json!({"bulkOperation": null}));
    let input = "mutation { inventorySetQuantities(input: {name: \"available\", reason: \"correction\", ignoreCompareQuantity: true, quantities: []}) @idempotent(key: \"k\") { userErrors { code } } }";
    let body = desk.ask_in("2026-04", input, json!({})).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "argumentLiteralsIncompatible");
    let body = desk.ask_in("2026-01", input, json!({})).await;
    assert!(body.get("errors").is_none(), "{body}");
}

#[tokio::test]
async fn a_missing_scope_is_denied_at_the_field() {
    let desk = Desk::open().await;
    let token = desk.sandbox.issue_tokens(&["read_products", "write_customers"]).access_token;
    let desk = Desk { token, ..desk };
    let body = desk
        .ask(
            "{ shop { name } orders(first: 1) { nodes { id } } customers(first: 1) { nodes { id } } }",
            json!({}),
        )
        .await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(body["errors"][0]["path"], json!(["orders"]));
    assert_eq!(body["data"]["orders"], json!(null));
    assert_eq!(body["data"]["customers"], json!({"nodes": []}), "writing implies reading");
    let made =
        desk.ask("mutation { productCreate(product: {title: \"x\"}) { product { id } } }", json!({})).await;
    assert_eq!(made["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(desk.sandbox.count("Product"), 0);
}

#[tokio::test]
async fn more_than_250_inputs_are_refused() {
    let desk = Desk::open().await;
    let tags: Vec<String> = (0..251).map(|number| format!("t{number}")).collect();
    let query = "mutation($tags: [String!]!) { tagsAdd(id: \"gid://shopify/Order/1\", tags: $tags) { userErrors { message } } }";
    assert_eq!(desk.code(query, json!({"tags": tags})).await, "MAX_INPUT_SIZE_EXCEEDED");
}
