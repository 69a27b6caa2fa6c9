use super::*;
use serde_json::json;

fn filter(value: Value) -> Filter {
    serde_json::from_value(value).unwrap()
}

fn judge(given: Value, record: Value) -> Result<bool, FilterError> {
    let schema = crate::catalogue::find("transactions");
    let Value::Object(record) = record else { panic!("no object: {record}") };
    filter(given).matches(&record, schema)
}

#[test]
fn the_filters_of_the_source_documents_mean_what_they_say() {
    let bills = json!({"transaction_type": ["Invoice", "Payroll Invoice"], "transaction_direction": "inbound", "status": "Approved"});
    let bill = json!({"transaction_type": "Payroll Invoice", "transaction_direction": "inbound", "status": "Approved"});
    assert_eq!(judge(bills.clone(), bill), Ok(true));
    let draft = json!({"transaction_type": "Invoice", "transaction_direction": "inbound", "status": "Draft"});
    assert_eq!(judge(bills.clone(), draft), Ok(false));
    assert_eq!(judge(bills, json!({"status": "Approved"})), Ok(false));

    let vendors = filter(json!({"entity_type": "Business", "role_can_be_vendor": true}));
    let schema = crate::catalogue::find("project_relationships");
    let record = json!({"entity_type": "Business", "role_can_be_vendor": true});
    assert_eq!(vendors.matches(record.as_object().unwrap(), schema), Ok(true));
}

#[test]
fn numbers_compare_by_value_and_null_means_no_value() {
    assert_eq!(judge(json!({"amount": 10}), json!({"amount": "10.00"})), Ok(true));
    assert_eq!(judge(json!({"reference": null}), json!({})), Ok(true));
    assert_eq!(judge(json!({"reference": null}), json!({"reference": "x"})), Ok(false));
    assert_eq!(judge(json!({}), json!({"anything": 1})), Ok(true));
}

#[test]
fn after_and_before_compare_times_unless_the_schema_has_such_a_field() {
    let record = json!({"approved_at": "2026-03-01T12:00:00+02:00", "due_date": "2026-03-10"});
    assert_eq!(judge(json!({"approved_at_after": "2026-03-01T09:59:59Z"}), record.clone()), Ok(true));
    assert_eq!(judge(json!({"approved_at_after": "2026-03-01T10:00:00Z"}), record.clone()), Ok(false));
    assert_eq!(
        judge(json!({"due_date_before": "2026-03-11", "due_date_after": "2026-03-09"}), record.clone()),
        Ok(true)
    );
    assert_eq!(judge(json!({"due_date_after": "2026-03-09"}), json!({})), Ok(false));
    let schema = EntitySchema {
        name: "made_up".into(),
        title: String::new(),
        fields: vec![crate::catalogue::FieldSchema::new("looked_after", FieldType::Text)],
        natural_key: None,
    };
    let record = json!({"looked_after": "yes"});
    assert_eq!(
        filter(json!({"looked_after": "yes"})).matches(record.as_object().unwrap(), Some(&schema)),
        Ok(true)
    );
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    let compile = |given: Value| filter(given).compile(crate::catalogue::find("transactions")).map(|_| ());
    assert!(
        matches!(compile(json!({"stauts": "Approved"})), Err(FilterError::UnknownField { hint, .. }) if hint.contains("`status`"))
    );
    assert!(matches!(compile(json!({"status": {"a": 1}})), Err(FilterError::Value { .. })));
    assert!(matches!(compile(json!({"due_date_after": "soon"})), Err(FilterError::Time { .. })));
    assert!(matches!(compile(json!({"lines[*].amount": 1})), Err(FilterError::Path { .. })));
    assert!(matches!(compile(json!("record.amount > 5")), Err(FilterError::Expression(_))));
    assert!(serde_json::from_value::<Filter>(json!([1])).is_err());
}

#[test]
fn an_expression_is_the_full_form_and_an_absent_field_does_not_fit() {
    let given = json!("record.status == 'Approved' && dec.cmp(record.amount, '100') >= 0");
    assert_eq!(judge(given.clone(), json!({"status": "Approved", "amount": 100})), Ok(true));
    assert_eq!(judge(given.clone(), json!({"status": "Approved", "amount": "99.99"})), Ok(false));
    assert_eq!(judge(given, json!({"status": "Approved"})), Ok(false));
    assert!(judge(json!("record.status"), json!({"status": "Approved"})).is_err());
}

#[test]
fn a_filter_is_stored_as_it_was_given() {
    for given in [json!({"status": ["a", 1.50]}), json!("record.x == 1"), json!({})] {
        assert_eq!(serde_json::to_value(filter(given.clone())).unwrap(), given);
    }
}
