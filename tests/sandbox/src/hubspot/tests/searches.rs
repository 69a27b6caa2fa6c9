//! Searches.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::faults::FaultPlan;
use crate::hubspot::HubSpotConfig;

const SEARCH: &str = "/crm/v3/objects/contacts/search";

fn filter(name: &str, operator: &str, value: impl Into<Value>) -> Value {
    let value: Value = value.into();
    json!({"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]})
}

async fn hits(desk: &Desk, body: Value) -> Vec<String> {
    let (status, answer) = desk.post(SEARCH, body).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().unwrap();
    results.iter().map(|hit| hit["properties"]["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn filters_by_change_time_in_milliseconds() {
    let desk = Desk::open().await;
    desk.contact("ann@example.com");
    desk.sandbox.advance_clock(10);
    let bob = desk.contact("bob@example.com");
    let since = desk.sandbox.get("contacts", &bob).unwrap()["updatedAt"].as_str().unwrap().to_owned();
    let ms = crate::kit::clock::parse_rfc3339(&since).unwrap().to_string();
    for value in [json!(ms), json!(since)] {
        assert_eq!(hits(&desk, filter("lastmodifieddate", "GTE", value)).await, ["bob@example.com"]);
    }
    let mut sorted = filter("lastmodifieddate", "LTE", json!(ms));
    sorted["sorts"] = json!([{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}]);
    assert_eq!(hits(&desk, sorted).await, ["bob@example.com", "ann@example.com"]);
    let (status, _) =
        desk.post("/crm/v3/objects/companies/search", filter("lastmodifieddate", "GTE", json!("0"))).await;
    assert_eq!(status, 400, "companies have another property");
}

#[tokio::test]
async fn operators_do_what_they_say() {
    let desk = Desk::open().await;
    desk.make("contacts", json!({"email": "ann@example.com", "annualrevenue": "90", "city": "Bad Bonn"}));
    desk.make("contacts", json!({"email": "bob@example.com", "annualrevenue": "100"}));
    let both = ["ann@example.com", "bob@example.com"];
    for (name, operator, value, wanted) in [
        ("annualrevenue", "GT", json!("95"), &both[1..]),
        ("annualrevenue", "EQ", json!("90.0"), &both[..1]),
        ("city", "HAS_PROPERTY", Value::Null, &both[..1]),
        ("city", "NOT_HAS_PROPERTY", Value::Null, &both[1..]),
        ("city", "CONTAINS_TOKEN", json!("bonn"), &both[..1]),
        ("email", "NEQ", json!("ann@example.com"), &both[1..]),
    ] {
        assert_eq!(hits(&desk, filter(name, operator, value)).await, wanted, "{name} {operator}");
    }
    let among = json!({"filterGroups": [{"filters": [{"propertyName": "email", "operator": "IN", "values": ["bob@example.com"]}]}]});
    assert_eq!(hits(&desk, among).await, &both[1..]);
    let between = json!({"filterGroups": [{"filters": [{"propertyName": "annualrevenue", "operator": "BETWEEN", "value": "80", "highValue": "95"}]}]});
    assert_eq!(hits(&desk, between).await, &both[..1]);
    let either = json!({"filterGroups": [
        {"filters": [{"propertyName": "annualrevenue", "operator": "LT", "value": "95"}]},
        {"filters": [{"propertyName": "email", "operator": "EQ", "value": "bob@example.com"}]},
    ]});
    assert_eq!(hits(&desk, either).await, both);
}

#[tokio::test]
async fn ten_thousand_hits_is_all() {
    let desk = Desk::open().await;
    for number in 0..3 {
        desk.contact(&format!("c{number}@example.com"));
    }
    let (_, page) = desk.post(SEARCH, json!({"limit": 2})).await;
    assert_eq!((&page["total"], &page["paging"]["next"]["after"]), (&json!(3), &json!("2")));
    let (_, rest) = desk.post(SEARCH, json!({"limit": 2, "after": "2"})).await;
    assert_eq!((rest["results"].as_array().unwrap().len(), rest.get("paging")), (1, None));
    assert_eq!(desk.post(SEARCH, json!({"limit": 200, "after": "9800"})).await.0, 200);
    assert_eq!(desk.post(SEARCH, json!({"limit": 200, "after": "9801"})).await.0, 400);
    assert_eq!(desk.post(SEARCH, json!({"limit": 201})).await.0, 400);
}

#[tokio::test]
async fn too_many_or_unknown_filters_are_refused() {
    let desk = Desk::open().await;
    let one = json!({"propertyName": "email", "operator": "EQ", "value": "x"});
    let group = |count: usize| json!({"filters": vec![one.clone(); count]});
    for wrong in [
        json!({"filterGroups": vec![group(1); 6]}),
        json!({"filterGroups": [group(11)]}),
        json!({"filterGroups": [group(10), group(10), group(6)]}),
        filter("nonsense", "EQ", json!("x")),
        filter("email", "LIKE", json!("x")),
        filter("email", "EQ", Value::Null),
    ] {
        assert_eq!(desk.post(SEARCH, wrong.clone()).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn the_index_lags_and_never_has_archived_objects() {
    let faults = FaultPlan { search_lag_ms: 30_000, ..FaultPlan::default() };
    let desk = Desk::with(HubSpotConfig { faults, ..HubSpotConfig::unlimited() }).await;
    let id = desk.contact("ann@example.com");
    let find = filter("email", "EQ", json!("ann@example.com"));
    assert_eq!(hits(&desk, find.clone()).await.len(), 0, "never a point look-up after a write");
    desk.sandbox.advance_clock(31);
    assert_eq!(hits(&desk, find.clone()).await.len(), 1);
    desk.sandbox.edit("contacts", &id, json!({"city": "Bonn"})).unwrap();
    assert_eq!(hits(&desk, filter("city", "EQ", json!("Bonn"))).await.len(), 0, "the state before");
    assert_eq!(hits(&desk, find.clone()).await.len(), 1);
    desk.sandbox.delete("contacts", &id).unwrap();
    desk.sandbox.advance_clock(31);
    assert_eq!(hits(&desk, find).await.len(), 0);
}
