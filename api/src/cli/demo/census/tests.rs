use serde_json::{Value, json};

use super::compare::difference;

fn known(entity: &str, id: &str) -> Option<String> {
    (entity == "customer" && id == "c-1")
        .then(|| "58".to_owned())
        .or_else(|| (id == "K1").then(|| "7".to_owned()))
}

fn ours() -> Value {
    json!({"number": "100", "customer": "c-1", "date": "2024-03-01", "total": "6.90",
        "lines": [{"line_id": "1", "product": "K1", "quantity": 1, "unit_price": "6.90", "amount": "6.90"}]})
}

fn theirs() -> Value {
    json!({"DocNumber": "100", "CustomerRef": {"value": "58"}, "TxnDate": "2024-03-01", "TotalAmt": 6.9,
    "Line": [
        {"Amount": 6.9, "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "7"}, "Qty": 1, "UnitPrice": 6.9}},
        {"Amount": 6.9, "DetailType": "SubTotalLineDetail"},
    ]})
}

#[test]
fn the_same_said_in_two_ways_is_no_difference() {
    assert_eq!(difference("invoice", &ours(), &theirs(), &known), None);
}

#[test]
fn every_kind_of_difference_is_told() {
    for (path, value) in [
        ("/DocNumber", json!("101")),
        ("/CustomerRef/value", json!("59")),
        ("/TotalAmt", json!(6.91)),
        ("/PrivateNote", json!("x")),
        ("/Line/0/SalesItemLineDetail/Qty", json!(2)),
        ("/Line/0/SalesItemLineDetail/ItemRef/value", json!("8")),
    ] {
        let mut changed = theirs();
        match changed.pointer_mut(path) {
            Some(place) => *place = value,
            None => changed["PrivateNote"] = value,
        }
        assert!(difference("invoice", &ours(), &changed, &known).is_some(), "{path}");
    }
    let mut fewer = theirs();
    fewer["Line"].as_array_mut().unwrap().remove(0);
    assert!(difference("invoice", &ours(), &fewer, &known).unwrap().contains("lines"));
}
