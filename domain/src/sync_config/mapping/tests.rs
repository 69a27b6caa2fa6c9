use super::*;
use crate::catalogue::{FieldSchema, find as entity};
use serde_json::json;

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn rule(id: &str, local: &str, remote: &str, transform: Value) -> MappingRule {
    MappingRule {
        id: id.into(),
        local: (!local.is_empty()).then(|| path(local)),
        remote: (!remote.is_empty()).then(|| path(remote)),
        direction: None,
        transform: serde_json::from_value(transform).unwrap(),
        default: None,
        required: false,
    }
}

fn direct(local: &str, remote: &str) -> MappingRule {
    rule(local, local, remote, json!("direct"))
}

fn shape() -> RemoteShape {
    let kinds = [
        ("DisplayName", FieldType::Text),
        ("PrimaryEmailAddr.Address", FieldType::Text),
        ("CustomerRef.value", FieldType::Reference("Customer".into())),
        ("TxnDate", FieldType::Date),
        ("TotalAmt", FieldType::Money),
        ("Active", FieldType::Boolean),
        ("Line", FieldType::Array),
        ("Line[*].Amount", FieldType::Money),
        ("Line[*].DetailType", FieldType::Text),
        ("Line[*].ItemRef.value", FieldType::Text),
    ];
    let fields = kinds.map(|(path, kind)| FieldSchema::new(path, kind));
    RemoteShape { fields: fields.into(), open: false, arrays: Vec::new() }
}

fn check(rules: Vec<MappingRule>) -> Vec<String> {
    check_in(rules, "invoice", &shape(), Direction::Bidirectional)
}

fn check_in(rules: Vec<MappingRule>, local: &str, shape: &RemoteShape, direction: Direction) -> Vec<String> {
    Mapping { rules }.check(entity(local), shape, direction).iter().map(ToString::to_string).collect()
}

#[test]
fn a_sensible_mapping_has_no_problems() {
    let rules = vec![
        rule("customer", "customer", "CustomerRef.value", json!({"reference": {"entity": "customer"}})),
        direct("date", "TxnDate"),
        direct("total", "TotalAmt"),
        direct("lines[*].amount", "Line[*].Amount"),
        rule("kind", "", "Line[*].DetailType", json!({"constant": {"value": "SalesItemLineDetail"}})),
        rule(
            "item",
            "lines[*].product",
            "Line[*].ItemRef.value",
            json!({"reference": {"entity": "product"}}),
        ),
        rule("name", "", "DisplayName", json!({"compute": {"expression": "'Invoice ' + record.number"}})),
    ];
    assert_eq!(check(rules), [""; 0]);
}

#[test]
fn an_unknown_field_is_refused_with_the_one_that_was_meant() {
    assert_eq!(
        check(vec![direct("totl", "TotalAmt")]),
        ["totl: the entity invoice has no field `totl`: did you mean `total`?"]
    );
    assert_eq!(
        check(vec![direct("total", "TotalAmnt")]),
        ["TotalAmnt: the provider's record has no field `TotalAmnt`: did you mean `TotalAmt`?"]
    );
    assert_eq!(check(vec![direct("lines[*].amout", "Line[*].Amount")]).len(), 1);
    assert_eq!(check(vec![direct("custom_fields.colour", "DisplayName")]), [""; 0]);
    let open = RemoteShape { open: true, ..shape() };
    let custom = vec![direct("memo", "CustomField1")];
    assert_eq!(check_in(custom.clone(), "invoice", &open, Direction::Outbound), [""; 0]);
    assert_eq!(check_in(custom, "invoice", &RemoteShape::unknown(), Direction::Outbound), [""; 0]);
    let inside = vec![direct("memo", "PrimaryEmailAddr.Adress")];
    assert_eq!(check_in(inside, "invoice", &open, Direction::Outbound).len(), 1);
}

#[test]
fn a_transform_that_does_not_fit_the_types_is_refused() {
    let constant = |remote: &str, value: Value| rule("c", "", remote, json!({"constant": {"value": value}}));
    for (bad, says) in [
        (direct("lines", "TotalAmt"), "array does not fit money"),
        (direct("number", "TotalAmt"), "text does not fit money: use a `format`"),
        (direct("customer", "CustomerRef.value"), "use a `reference` transform"),
        (direct("sent_at", "TxnDate"), "date_time does not fit date"),
        (
            rule("f", "total", "TotalAmt", json!({"format": {"date": {"remote": "DD/MM/YYYY"}}})),
            "a date format does not fit money",
        ),
        (
            rule("n", "date", "TxnDate", json!({"format": {"number": {"scale": 2}}})),
            "a number format does not fit date",
        ),
        (rule("u", "memo", "TotalAmt", json!({"format": {"text": {"case": "upper"}}})), "does not fit money"),
        (rule("l", "lines", "DisplayName", json!({"lookup": {"table": "t"}})), "a lookup does not fit array"),
        (rule("l", "status", "DisplayName", json!({"lookup": {"table": " "}})), "name the lookup table"),
        (
            rule("r", "customer", "CustomerRef.value", json!({"reference": {"entity": "vendor"}})),
            "refers to customer",
        ),
        (
            rule("r", "total", "CustomerRef.value", json!({"reference": {"entity": "vendor"}})),
            "money holds no id",
        ),
        (constant("TotalAmt", json!("ten")), "the constant is no money"),
        (constant("TxnDate", json!("2026-02-30")), "the constant is no date"),
        (rule("x", "", "TotalAmt", json!({"compute": {"expression": "record.total * 2"}})), "dec.mul"),
        (rule("x", "", "TotalAmt", json!({"compute": {"expression": "record."}})), "not readable"),
        (MappingRule { default: Some(json!("soon")), ..direct("date", "TxnDate") }, "the default is no date"),
    ] {
        let found = check(vec![bad.clone()]);
        assert!(found.len() == 1 && found[0].contains(says), "{bad:?}: {found:?}");
    }
}

#[test]
fn two_rules_must_not_write_one_field_in_one_direction() {
    let clash = check(vec![direct("memo", "DisplayName"), direct("number", "DisplayName")]);
    assert!(clash[0].contains("writes the same field"), "{clash:?}");
    let nested = check(vec![direct("lines", "Line"), direct("lines[*].amount", "Line[*].Amount")]);
    assert!(nested[0].contains("writes the same field"), "{nested:?}");
    let apart = vec![
        MappingRule { direction: Some(Direction::Outbound), ..direct("memo", "DisplayName") },
        MappingRule { direction: Some(Direction::Inbound), ..direct("number", "DisplayName") },
    ];
    assert_eq!(check(apart), [""; 0]);
    assert!(
        check(vec![direct("memo", "DisplayName"), rule("other", "memo", "DisplayName", json!("direct"))])[0]
            .contains("maps the same two fields")
    );
    assert!(
        check(vec![direct("memo", "DisplayName"), rule("memo", "date", "TxnDate", json!("direct"))])[0]
            .contains("given twice")
    );
}

#[test]
fn arrays_need_the_same_depth_and_one_partner() {
    assert!(check(vec![direct("total", "Line[*].Amount")])[0].contains("at the same depth"));
    assert!(
        check(vec![rule("k", "", "Line[*].DetailType", json!({"constant": {"value": "x"}}))])[0]
            .contains("no other rule maps the elements")
    );
    assert!(
        check_in(
            vec![direct("a[*].b[*].c", "x[*].y[*].z")],
            "invoice",
            &RemoteShape::unknown(),
            Direction::Outbound
        )[0]
        .contains("`[*]` twice")
    );
    let two =
        vec![direct("lines[*].amount", "Line[*].Amount"), direct("lines[*].description", "Other[*].Text")];
    assert!(
        check_in(two, "invoice", &RemoteShape::unknown(), Direction::Outbound)[0]
            .contains("pair each array once")
    );
    assert!(
        check_in(
            vec![direct("lines[*]", "Line[*]")],
            "invoice",
            &RemoteShape::unknown(),
            Direction::Outbound
        )[0]
        .contains("after `[*]`")
    );
}

#[test]
fn required_remote_fields_must_be_written() {
    let mut shape = shape();
    shape.fields[0].required = true;
    shape.fields[7].required = true;
    let found = check_in(vec![direct("total", "TotalAmt")], "invoice", &shape, Direction::Outbound);
    assert_eq!(
        found,
        ["DisplayName: the provider requires `DisplayName`: add a rule or a constant that writes it"]
    );
    assert_eq!(check_in(vec![direct("total", "TotalAmt")], "invoice", &shape, Direction::Inbound), [""; 0]);
    let with_lines =
        vec![direct("number", "DisplayName"), direct("lines[*].description", "Line[*].DetailType")];
    assert!(check_in(with_lines, "invoice", &shape, Direction::Outbound)[0].contains("`Line[*].Amount`"));
}

#[test]
fn directions_must_be_possible() {
    let inbound = MappingRule { direction: Some(Direction::Inbound), ..direct("total", "TotalAmt") };
    assert!(
        check_in(vec![inbound], "invoice", &shape(), Direction::Outbound)[0]
            .contains("the rule is inbound but its config is outbound")
    );
    let upper = json!({"format": {"text": {"case": "upper"}}});
    let both = MappingRule {
        direction: Some(Direction::Bidirectional),
        ..rule("u", "memo", "DisplayName", upper.clone())
    };
    assert!(check(vec![both])[0].contains("works one way only"));
    assert_eq!(check(vec![rule("u", "memo", "DisplayName", upper)]), [""; 0]);
    let constant = rule("c", "", "DisplayName", json!({"constant": {"value": "x"}}));
    assert!(
        check_in(vec![constant], "invoice", &shape(), Direction::Inbound)[0].contains("no field to write")
    );
    assert!(check(vec![rule("d", "memo", "", json!("direct"))])[0].contains("needs a field on both sides"));
}

#[test]
fn a_flat_object_is_read_as_direct_rules() {
    let flat = json!({"expense_amount": "Amount", "expense_date": "TransactionDate"});
    let mapping = Mapping::from_flat(flat.as_object().unwrap()).unwrap();
    assert_eq!(mapping.rules.len(), 2);
    assert_eq!(
        mapping.rules[0],
        MappingRule::direct("expense_amount", path("expense_amount"), path("Amount"))
    );
    assert_eq!(mapping.check(entity("expense"), &RemoteShape::unknown(), Direction::Bidirectional), []);
    let bad = json!({"a..b": "x", "c": 5});
    assert_eq!(Mapping::from_flat(bad.as_object().unwrap()).unwrap_err().len(), 2);
}

#[test]
fn the_records_a_record_refers_to_are_named_once_each() {
    let mapping = Mapping {
        rules: vec![
            rule("customer", "customer", "CustomerRef.value", json!({"reference": {"entity": "customer"}})),
            rule(
                "item",
                "lines[*].product",
                "Line[*].ItemRef.value",
                json!({"reference": {"entity": "product"}}),
            ),
        ],
    };
    let local = json!({"customer": "c1", "lines": [{"product": "p1"}, {"product": "p1"}, {"product": null}, {"product": 7}]});
    let needs: Vec<Need> = mapping.needs_outbound(local.as_object().unwrap()).into_iter().collect();
    assert_eq!(needs, [Need::new("customer", "c1"), Need::new("product", "7"), Need::new("product", "p1")]);
    let remote = json!({"CustomerRef": {"value": "58"}});
    let needs: Vec<Need> = mapping.needs_inbound(remote.as_object().unwrap()).into_iter().collect();
    assert_eq!(needs, [Need::new("customer", "58")]);
}

#[test]
fn a_mapping_is_stored_as_a_list_of_rules_and_read_back() {
    let stored = json!([
        {"id": "status", "local": "status", "remote": "TxnStatus", "transform": {"lookup": {"table": "status", "inverse": {"Open": "sent"}}}},
        {"id": "amount", "local": "lines[*].amount", "remote": "Line[*].Amount", "direction": "outbound", "transform": {"format": {"number": {"scale": 2, "shift": 0, "as_text": false}}}, "default": 0, "required": true},
        {"id": "kind", "remote": "Line[*].DetailType", "transform": {"constant": {"value": 1.50}}}
    ]);
    let mapping: Mapping = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&mapping).unwrap(), stored);
    assert!(serde_json::from_value::<Mapping>(json!([{"id": "x", "locl": "y"}])).is_err());
    assert!(serde_json::from_value::<Mapping>(json!([{"id": "x", "transform": {"magic": {}}}])).is_err());
}
