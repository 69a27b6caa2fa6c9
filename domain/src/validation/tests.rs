use super::*;
use crate::catalogue::find;
use crate::expression::ExpressionError;
use crate::fields::Fields;
use crate::sync_config::mapping::{Known, Mapping, Need, RemoteShape};
use crate::sync_record::plan::Plan;
use crate::value::Direction;
use ReasonCode::{Required, Rule, UnknownCurrency, WrongType};
use serde_json::{Value, json};

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

fn plan() -> Plan {
    let mapping: Mapping = serde_json::from_value(json!([
        {"id": "number", "local": "number", "remote": "DocNumber", "required": true},
        {"id": "customer", "local": "customer", "remote": "CustomerRef.value", "transform": {"reference": {"entity": "customer"}}},
        {"id": "status", "local": "status", "remote": "Status", "transform": {"lookup": {"table": "status"}}}
    ]))
    .unwrap();
    Plan::compile(&mapping, find("invoice"), &RemoteShape::unknown(), Direction::Outbound).unwrap()
}

fn rule(field: &str, check: &str, when: Option<&str>) -> SendRule {
    SendRule {
        field: field.into(),
        check: check.into(),
        when: when.map(str::to_owned),
        message: format!("look at {field}"),
    }
}

fn codes(reasons: &[Reason]) -> Vec<(&str, ReasonCode)> {
    reasons.iter().map(|reason| (reason.field.as_str(), reason.code)).collect()
}

#[test]
fn every_reason_is_given_and_each_field_once_per_kind() {
    let plan = plan();
    let rules = [
        rule("lines", "size(record.lines) > 0", None),
        rule("total", "dec.cmp(record.total, 0) > 0", Some("record.status == 'sent'")),
        rule("memo", "record.memo.startsWith('x')", Some("has(record.memo)")),
    ];
    let validator = Validator::new(find("invoice"), &plan, &rules).unwrap();
    let bad = fields(json!({
        "customer": "c1", "date": "yesterday", "currency": "EURO", "status": "sent", "total": "0", "balance": true, "lines": []
    }));
    let reasons = validator.validate(&bad, &Known::default());
    assert_eq!(
        codes(&reasons),
        [
            ("number", Required),
            ("date", WrongType),
            ("currency", UnknownCurrency),
            ("balance", WrongType),
            ("status", ReasonCode::Mapping),
            ("lines", Rule),
            ("total", Rule),
        ]
    );
    assert_eq!(reasons[0].message, "Number is required: fill it in");
    assert_eq!(reasons[5].message, "look at lines");
}

#[test]
fn a_record_that_only_waits_for_another_says_so_and_a_good_one_has_no_reasons() {
    let plan = plan();
    let validator = Validator::new(find("invoice"), &plan, &[]).unwrap();
    let statuses = [("sent".to_owned(), "Open".to_owned())].into();
    let lookups = std::sync::Arc::new([("status".to_owned(), statuses)].into());
    let mut known = Known { lookups, ..Known::default() };
    let good = fields(
        json!({"number": "1", "customer": "c1", "date": "2026-01-01", "currency": "EUR", "status": "sent"}),
    );
    let reasons = validator.validate(&good, &known);
    assert_eq!(codes(&reasons), [("customer", ReasonCode::NotLinked)]);
    known.remote_of.insert(Need::new("customer", "c1"), "58".into());
    assert_eq!(validator.validate(&good, &known), []);
}

#[test]
fn a_rule_that_fails_on_a_record_is_a_reason_not_a_panic() {
    let plan = plan();
    let validator = Validator::new(None, &plan, &[rule("memo", "record.memo.contains('x')", None)]).unwrap();
    let reason =
        |memo: Value| validator.validate(&fields(json!({"number": "1", "memo": memo})), &Known::default());
    assert_eq!(reason(json!("x")), []);
    assert_eq!(reason(json!("y"))[0].message, "look at memo");
    assert!(reason(json!(5))[0].message.starts_with("look at memo (the expression failed"));
}

#[test]
fn broken_rules_are_refused_all_at_once() {
    let plan = plan();
    let broken =
        Validator::new(find("invoice"), &plan, &[rule("a", "record.", None), rule("b", "nothing", None)])
            .unwrap_err();
    assert_eq!(broken.len(), 2);
    assert_eq!(broken[1].error, ExpressionError::UnknownVariable { name: "nothing".into() });
}

#[test]
fn rules_alone_judge_the_whole_record_and_name_every_field() {
    let written = [
        rule("name", "!has(record.name) || !record.name.contains(':')", None),
        rule("lines", "has(record.lines) && size(record.lines) > 0", None),
        rule("total", "dec.cmp(record.total, '0') > 0", Some("has(record.total)")),
    ];
    let rules = SendRules::try_new(&written, find("invoice")).unwrap();
    assert_eq!(rules.iter().cloned().collect::<Vec<_>>(), written);
    let good = fields(json!({"name": "Ada", "lines": [{}], "total": "1"}));
    assert_eq!(rules.broken(&good), []);
    let bad = fields(json!({"name": "Ada: King", "total": "0"}));
    assert_eq!(codes(&rules.broken(&bad)), [("name", Rule), ("lines", Rule), ("total", Rule)]);
    assert_eq!(SendRules::default().broken(&bad), []);
}

#[test]
fn account_categories_are_found_by_payment_method_in_any_case() {
    let table: AccountCategories = serde_json::from_value(
        json!({"Credit Card": ["Credit Card"], "Cash": ["Bank", "Other Current Asset"]}),
    )
    .unwrap();
    assert_eq!(
        table.for_payment_method(" cash "),
        Some(&["Bank".to_owned(), "Other Current Asset".to_owned()][..])
    );
    assert_eq!(table.for_payment_method("barter"), None);
    assert_eq!(table.methods().collect::<Vec<_>>(), ["Cash", "Credit Card"]);
}
