//! What its sheet warns of.

use serde_json::{Value, json};

use super::Company;
use crate::providers::stage::Stage;

/// Switches a further feature on.
async fn switch(stage: &Stage<Company>, feature: &str) {
    stage.hub.put(&stage.path(&format!("features/{feature}")), json!({"enabled": true})).await.unwrap();
    stage.rest().await;
}

/// Puts a record of ours.
async fn put(stage: &Stage<Company>, record: &str, fields: Value) {
    let path = format!("/v1/projects/00000000-0000-7000-8000-000000000002/records/{record}");
    stage.hub.put(&path, fields).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
}

fn order(reference: &str) -> Value {
    json!({
        "number": reference, "customer": "C-1", "ordered_at": "2026-11-20T18:30:00Z",
        "lines": [
            {"line_id": "1", "product": "P-1", "quantity": "3", "unit_price": "2.55"},
            {"line_id": "2", "product": "P-1", "quantity": "1", "unit_price": "10"},
        ],
    })
}

/// A customer, an item and an order of it, on both sides.
async fn with_order(stamped: bool) -> Stage<Company> {
    let stage = Stage::<Company>::connected(stamped, true).await;
    switch(&stage, "items").await;
    switch(&stage, "orders").await;
    put(&stage, "order/O-1", order("SO-1")).await;
    put(&stage, "customer/C-1", json!({"name": "Ada"})).await;
    put(&stage, "product/P-1", json!({"code": "LAMP", "name": "Lamp"})).await;
    stage.pass(5).await;
    stage
}

/// The states of the pairs of an entity.
async fn states(stage: &Stage<Company>, entity: &str) -> Vec<Value> {
    let pairs = stage.pairs().await;
    let of = pairs.iter().filter(|pair| pair["local_entity"] == json!(entity));
    of.map(|pair| pair["sync_status"].clone()).collect()
}

fn only(stage: &Stage<Company>, set: &str) -> Value {
    let all = stage.there.0.entities(set);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

#[tokio::test]
async fn one_session_serves_everything_and_is_given_back() {
    let stage = Stage::<Company>::connected(true, true).await;
    for number in 0..5 {
        put(&stage, &format!("customer/C-{number}"), json!({"name": format!("Person {number}")})).await;
    }
    stage.there.0.expire_sessions();
    stage.pull("incremental").await;
    put(&stage, "customer/C-1", json!({"name": "Person 1 B"})).await;
    assert_eq!(stage.there.0.sessions(), 1, "sessions are taken from other users");
    stage.hub.post(&stage.path("disconnect"), json!({})).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!((stage.there.0.sessions(), stage.there.0.count("logouts") >= 1), (0, true));
    stage.close();
}

#[tokio::test]
async fn our_id_is_the_card_code_and_a_longer_one_is_refused_in_words() {
    let stage = Stage::<Company>::connected(true, false).await;
    put(&stage, "customer/C-1", json!({"name": "Ada"})).await;
    assert_eq!(only(&stage, "BusinessPartners")["CardCode"], json!("C-1"));
    put(&stage, "customer/an-id-of-thirty-six-characters-or-so", json!({"name": "Bob"})).await;
    assert_eq!(stage.there.0.entities("BusinessPartners").len(), 1);
    let pair = stage.pair("an-id-of-thirty-six-characters-or-so").await;
    assert_eq!(pair["sync_status"], json!("error"), "{pair}");
    assert!(pair.to_string().contains("too long for `CardCode`"), "{pair}");
    stage.close();
}

#[tokio::test]
async fn a_code_with_a_quote_in_it_is_read_and_written() {
    let stage = Stage::<Company>::connected(true, false).await;
    put(&stage, "customer/O'HARA", json!({"name": "O'Hara"})).await;
    assert_eq!(only(&stage, "BusinessPartners")["CardCode"], json!("O'HARA"));
    put(&stage, "customer/O'HARA", json!({"email": "ohara@example.com"})).await;
    assert_eq!(only(&stage, "BusinessPartners")["EmailAddress"], json!("ohara@example.com"));
    stage.close();
}

#[tokio::test]
async fn suppliers_and_leads_are_no_customers() {
    let stage = Stage::<Company>::connected(true, false).await;
    switch(&stage, "suppliers").await;
    for (code, of) in [("C1", "cCustomer"), ("S1", "cSupplier"), ("L1", "cLid")] {
        let made = json!({"CardCode": code, "CardName": code, "CardType": of});
        stage.there.0.create("BusinessPartners", made).unwrap();
    }
    stage.pull("full").await;
    let pairs = stage.pairs().await;
    let of = |id: &str| {
        pairs.iter().find(|pair| pair["remote_id"] == json!(id)).map(|pair| pair["local_entity"].clone())
    };
    assert_eq!(
        (of("C1"), of("S1"), of("L1")),
        (Some(json!("customer")), Some(json!("vendor")), None),
        "{pairs:?}"
    );
    stage.close();
}

#[tokio::test]
async fn an_order_goes_with_its_lines_and_a_line_taken_out_is_gone() {
    let stage = with_order(true).await;
    let made = only(&stage, "Orders");
    assert_eq!(
        (&made["CardCode"], &made["NumAtCard"], &made["DocTotal"]),
        (&json!("C-1"), &json!("SO-1"), &json!(21.18))
    );
    assert_eq!(made["DocDueDate"], json!("2026-11-20T00:00:00Z"));
    put(
        &stage,
        "order/O-1",
        json!({"lines": [{"line_id": "2", "product": "P-1", "quantity": "2", "unit_price": "10"}]}),
    )
    .await;
    let changed = only(&stage, "Orders");
    assert_eq!(changed["DocumentLines"].as_array().map(Vec::len), Some(1), "{changed}");
    assert_eq!(changed["DocTotal"], json!(24));
    stage.close();
}

#[tokio::test]
async fn an_order_that_was_posted_further_is_refused_in_words() {
    let stage = with_order(true).await;
    let entry = only(&stage, "Orders")["DocEntry"].to_string();
    stage.there.0.edit("Orders", &entry, json!({"Close": true})).unwrap();
    put(
        &stage,
        "order/O-1",
        json!({"lines": [{"line_id": "2", "product": "P-1", "quantity": "9", "unit_price": "10"}]}),
    )
    .await;
    stage.pass(10).await;
    assert_ne!(stage.status("O-1").await, "synced");
    assert_eq!(only(&stage, "Orders")["DocTotal"], json!(21.18));
    stage.close();
}

#[tokio::test]
async fn an_invoice_without_a_stamp_is_read_and_its_cancellation_is_no_invoice() {
    let stage = with_order(false).await;
    switch(&stage, "invoices").await;
    let invoice = json!({
        "CardCode": "C-1", "NumAtCard": "INV-1",
        "DocumentLines": [{"ItemCode": "LAMP", "Quantity": 2, "UnitPrice": 1.5}],
    });
    let made = stage.there.0.create("Invoices", invoice).unwrap();
    assert_eq!(made["UpdateDate"], Value::Null);
    let entry = made["DocEntry"].to_string();
    stage.pull("incremental").await;
    assert_eq!(states(&stage, "invoice").await, [json!("synced")]);
    stage.there.0.edit("Invoices", &entry, json!({"Cancel": true})).unwrap();
    stage.pull("incremental").await;
    assert_eq!(stage.there.0.entities("Invoices").len(), 2);
    assert_eq!(states(&stage, "invoice").await, [json!("deleted")]);
    stage.close();
}

#[tokio::test]
async fn an_invoice_that_was_born_there_has_the_number_it_has_there() {
    let stage = with_order(true).await;
    switch(&stage, "invoices").await;
    let lines = json!([{"ItemCode": "LAMP", "Quantity": 2, "UnitPrice": 1.5}]);
    let made = stage.there.0.create("Invoices", json!({"CardCode": "C-1", "DocumentLines": lines})).unwrap();
    stage.pull("incremental").await;
    let pairs = stage.pairs().await;
    let pair = pairs.iter().find(|pair| pair["local_entity"] == json!("invoice")).unwrap();
    let path = format!(
        "/v1/projects/00000000-0000-7000-8000-000000000002/records/invoice/{}",
        pair["local_id"].as_str().unwrap()
    );
    let local = stage.hub.get(&path).await.unwrap()["body"].clone();
    assert_eq!(
        (&local["number"], &local["customer"]),
        (&json!(made["DocNum"].to_string()), &json!("C-1")),
        "{local}"
    );
    stage.close();
}

#[tokio::test]
async fn a_change_under_our_hands_is_not_overwritten() {
    let stage = Stage::<Company>::connected(true, false).await;
    put(&stage, "customer/C-1", json!({"name": "Ada"})).await;
    stage.there.0.edit("BusinessPartners", "C-1", json!({"Phone1": "from there"})).unwrap();
    put(&stage, "customer/C-1", json!({"name": "Ada Lovelace"})).await;
    stage.pass(10).await;
    let there = only(&stage, "BusinessPartners");
    assert_eq!((&there["CardName"], &there["Phone1"]), (&json!("Ada Lovelace"), &json!("from there")));
    assert!(stage.there.0.count("stale") >= 1, "the version is sent");
    stage.close();
}
