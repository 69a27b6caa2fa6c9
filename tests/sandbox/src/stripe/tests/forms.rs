//! Forms with brackets, strictly read.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, parts};
use crate::stripe::form::{Node, parse};

#[test]
fn brackets_make_a_tree_and_mistakes_are_refused() {
    let tree = parse(b"a=1&b%5Bc%5D=2&d[0][e]=3&f[]=4&f[]=5").unwrap();
    assert_eq!(tree, Node::of_json(&json!({"a": 1, "b": {"c": 2}, "d": [{"e": 3}], "f": null})).with_list());
    for wrong in ["a=1&a=2", "a[b=1", "[a]=1", "a=1&a[b]=2", "a[b]c=1"] {
        assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

impl Node {
    /// The tree of the test above: `f` has two values without an index.
    fn with_list(mut self) -> Self {
        if let Self::Branch(entries) = &mut self {
            let leaves = ["4", "5"].map(|leaf| (String::new(), Self::Leaf(leaf.into())));
            *entries = entries.drain(..).filter(|(name, _)| name != "f").collect();
            entries.push(("f".into(), Self::Branch(leaves.into())));
        }
        self
    }
}

#[tokio::test]
async fn unknown_parameters_are_refused_wherever_they_stand() {
    let desk = Desk::open().await;
    for (field, param) in [
        ("nmae", "nmae"),
        ("address[line3]", "address[line3]"),
        ("shipping[address][zip]", "shipping[address][zip]"),
    ] {
        let refused = desk.refused("/v1/customers", &[(field, "x")]).await;
        assert_eq!(refused, ("parameter_unknown".into(), param.to_owned()));
    }
    let (status, body) = desk.get("/v1/customers?updated[gte]=1").await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (400, &json!("parameter_unknown")),
        "no updated-since filter"
    );
    assert!(body["error"]["message"].as_str().unwrap().contains("updated"));
    assert!(desk.events().await.is_empty());
}

#[tokio::test]
async fn values_must_have_their_type() {
    let desk = Desk::open().await;
    let customer = desk.customer("a@example.com").await;
    let item = |field, value| [("customer", customer.as_str()), ("currency", "usd"), (field, value)];
    assert_eq!(
        desk.refused("/v1/invoiceitems", &item("amount", "10.50")).await.0,
        "parameter_invalid_integer"
    );
    assert_eq!(desk.refused("/v1/invoiceitems", &item("discountable", "1")).await.1, "discountable");
    assert_eq!(
        desk.refused("/v1/invoiceitems", &item("unit_amount_decimal", "1.0000000000001")).await.1,
        "unit_amount_decimal"
    );
    assert_eq!(desk.refused("/v1/invoiceitems", &[("customer", &customer)]).await.0, "parameter_missing");
    assert_eq!(desk.refused("/v1/invoiceitems", &[]).await, ("parameter_missing".into(), "customer".into()));
    assert_eq!(desk.refused("/v1/customers", &[("email", "nobody")]).await.0, "email_invalid");
    assert_eq!(desk.refused("/v1/customers", &[("tax_exempt", "maybe")]).await.1, "tax_exempt");
    assert_eq!(desk.refused("/v1/products", &[("name", "")]).await.0, "parameter_invalid_empty");
    assert_eq!(desk.refused("/v1/customers", &[("name", &"x".repeat(257))]).await.1, "name");
}

#[tokio::test]
async fn objects_in_arrays_need_explicit_indexes() {
    let desk = Desk::open().await;
    let field = "invoice_settings[custom_fields]";
    let named = |index: &str| (format!("{field}[{index}][name]"), format!("{field}[{index}][value]"));
    let (name, value) = named("");
    assert_eq!(desk.refused("/v1/customers", &[(&name, "PO"), (&value, "7")]).await.1, field);
    let (name, value) = named("0");
    let customer = desk.write("/v1/customers", &[(&name, "PO"), (&value, "7")]).await;
    assert_eq!(customer["invoice_settings"]["custom_fields"], json!([{"name": "PO", "value": "7"}]));
}

#[tokio::test]
async fn an_empty_value_unsets_and_an_absent_one_leaves() {
    let desk = Desk::open().await;
    let fields = [("name", "Acme"), ("description", "old"), ("metadata[a]", "1"), ("metadata[b]", "2")];
    let customer = desk.write("/v1/customers", &fields).await;
    let path = format!("/v1/customers/{}", customer["id"].as_str().unwrap());
    let customer = desk.write(&path, &[("description", ""), ("metadata[a]", "")]).await;
    assert_eq!(customer["description"], json!(null));
    assert_eq!(customer["name"], "Acme");
    assert_eq!(customer["metadata"], json!({"b": "2"}));
    let customer = desk.write(&path, &[("metadata", "")]).await;
    assert_eq!(customer["metadata"], json!({}));
}

#[tokio::test]
async fn metadata_has_its_bounds() {
    let desk = Desk::open().await;
    let long = format!("metadata[{}]", "k".repeat(41));
    assert_eq!(desk.post("/v1/customers", &[(&long, "v")]).await.0, 400);
    assert_eq!(desk.post("/v1/customers", &[("metadata[k]", &"v".repeat(501))]).await.0, 400);
    let names: Vec<String> = (0..51).map(|n| format!("metadata[k{n}]")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(desk.post("/v1/customers", &fields).await.0, 400);
    assert_eq!(desk.post("/v1/customers", &fields[..50]).await.0, 200);
}

#[tokio::test]
async fn v1_takes_no_json_and_v2_no_form() {
    let desk = Desk::open().await;
    let request = desk.request(Method::POST, "/v1/customers").json(&json!({"name": "Acme"}));
    let (status, body) = parts(request.send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(body["error"]["message"].as_str().unwrap().contains("x-www-form-urlencoded"));
    assert_eq!(desk.post("/v2/core/event_destinations", &[("name", "x")]).await.0, 400);
}

#[tokio::test]
async fn known_and_unmodelled_parameters_say_so() {
    let desk = Desk::open().await;
    let (status, body) = desk.post("/v1/customers", &[("source", "tok_visa")]).await;
    assert_eq!((status, &body["error"]["code"]), (501, &json!("not_modelled")));
    assert_eq!(body["error"]["param"], "source");
    assert_eq!(desk.sandbox.stats()["not_modelled"], 1);
}
