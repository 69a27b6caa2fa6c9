//! Pages, searches, deletions, the 60-day window.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::faults::FaultPlan;
use crate::shopify::ShopifyConfig;

fn emails(data: &Value) -> Vec<String> {
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["email"].as_str().unwrap().to_owned()).collect()
}

async fn found(desk: &Desk, search: &str) -> Vec<String> {
    let query =
        "query($q: String) { customers(first: 50, query: $q, sortKey: UPDATED_AT) { nodes { email } } }";
    emails(&desk.data(query, json!({"q": search})).await)
}

#[tokio::test]
async fn pages_go_both_ways() {
    let desk = Desk::open().await;
    for letter in ["a", "b", "c", "d", "e"] {
        desk.customer(&format!("{letter}@example.com"));
    }
    let query = "query($after: String) { customers(first: 2, after: $after) {
        edges { cursor node { email } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let mut after = Value::Null;
    let mut seen = Vec::new();
    loop {
        let page = desk.data(query, json!({"after": after})).await["customers"].take();
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["email"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["pageInfo"]["hasPreviousPage"], true);
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
        assert_eq!(page["edges"][1]["cursor"], after);
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[4], "e@example.com");
    let last = "{ customers(last: 2, reverse: true) { nodes { email } pageInfo { hasPreviousPage } } }";
    let data = desk.data(last, json!({})).await;
    assert_eq!(emails(&data), ["b@example.com", "a@example.com"]);
    assert_eq!(data["customers"]["pageInfo"]["hasPreviousPage"], true);
    let bad = "{ customers(first: 2, after: \"x\") { nodes { email } } }";
    assert_eq!(desk.code(bad, json!({})).await, "BAD_REQUEST");
}

#[tokio::test]
async fn searches_combine_filters() {
    let desk = Desk::open().await;
    let ann = desk.customer("ann@example.com");
    desk.sandbox.edit("Customer", &ann, json!({"tags": ["vip"]})).unwrap();
    desk.sandbox.advance_clock(100);
    let bob = desk.customer("bob@example.com");
    let token = desk.sandbox.issue_tokens(super::desk::ALL_SCOPES).access_token;
    let desk = Desk { token, ..desk };
    let since = desk.sandbox.get("Customer", &bob).unwrap()["updatedAt"].as_str().unwrap().to_owned();
    assert_eq!(found(&desk, &format!("updated_at:>='{since}'")).await, ["bob@example.com"]);
    assert_eq!(found(&desk, &format!("updated_at:<'{since}'")).await, ["ann@example.com"]);
    assert_eq!(found(&desk, "tag:VIP").await, ["ann@example.com"]);
    assert_eq!(found(&desk, "-tag:vip AND email:b*").await, ["bob@example.com"]);
    assert_eq!(found(&desk, "(tag:vip OR email:bob@example.com) NOT tag:vip").await, ["bob@example.com"]);
    assert_eq!(found(&desk, "bob").await.len(), 0, "words are whole");
    let id = ann.rsplit('/').next().unwrap();
    assert_eq!(found(&desk, &format!("id:>{id}")).await, ["bob@example.com"]);
}

#[tokio::test]
async fn an_unknown_filter_is_ignored_with_a_warning() {
    let desk = Desk::open().await;
    desk.customer("ann@example.com");
    let body =
        desk.ask("{ customers(first: 5, query: \"shoe_size:4\") { nodes { email } } }", json!({})).await;
    assert_eq!(emails(&body["data"]).len(), 1, "everything is shown");
    assert_eq!(body["extensions"]["search"][0]["warnings"][0]["field"], "shoe_size");
}

#[tokio::test]
async fn lists_lag_and_single_reads_do_not() {
    let faults = FaultPlan { search_lag_ms: 60_000, ..FaultPlan::default() };
    let desk = Desk::with(ShopifyConfig { faults, ..ShopifyConfig::unlimited() }).await;
    let id = desk.customer("ann@example.com");
    assert_eq!(found(&desk, "").await.len(), 0);
    let one = desk.data("query($id: ID!) { customer(id: $id) { email } }", json!({"id": id})).await;
    assert_eq!(one["customer"]["email"], "ann@example.com");
    desk.sandbox.advance_clock(61);
    assert_eq!(found(&desk, "").await.len(), 1);
}

#[tokio::test]
async fn deleted_objects_leave_no_trace_in_lists() {
    let desk = Desk::open().await;
    let id = desk.customer("ann@example.com");
    desk.sandbox.delete("Customer", &id).unwrap();
    assert_eq!(found(&desk, "").await.len(), 0);
    let one = desk.data("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await;
    assert_eq!(one["node"], Value::Null);
}

#[tokio::test]
async fn orders_older_than_60_days_need_a_scope() {
    let desk = Desk::open().await;
    let order = desk.order("OLD-1");
    desk.sandbox.advance_clock(61 * 24 * 3600);
    let query = "query($id: ID!) { orders(first: 5) { nodes { sourceIdentifier } } order(id: $id) { id } ordersCount { count } }";
    let sandbox = desk.sandbox;
    let short = sandbox.issue_tokens(&["read_orders"]).access_token;
    let long = sandbox.issue_tokens(&["read_orders", "read_all_orders"]).access_token;
    let desk = Desk { sandbox, token: short, http: desk.http };
    let data = desk.data(query, json!({"id": order["id"]})).await;
    assert_eq!(data, json!({"orders": {"nodes": []}, "order": null, "ordersCount": {"count": 0}}));
    let desk = Desk { token: long, ..desk };
    let data = desk.data(query, json!({"id": order["id"]})).await;
    assert_eq!(data["orders"]["nodes"][0]["sourceIdentifier"], "OLD-1");
    assert_eq!(data["ordersCount"]["count"], 1);
}
