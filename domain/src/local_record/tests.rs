use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::fields::Fields;
use crate::ids::SyncConfigId;
use crate::testing::given;

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is no object"),
    }
}

fn put(value: Value) -> PutRecord {
    PutRecord::new(fields(value), Source::Client)
}

fn created(value: Value) -> LocalRecordEvent {
    let fields = fields(value);
    Put { created: true, fields, cleared: Vec::new(), source: Source::Client, updated_at: None }.into()
}

fn changed(value: Value, cleared: &[&str]) -> LocalRecordEvent {
    let cleared = cleared.iter().map(|name| (*name).to_owned()).collect();
    Put { created: false, fields: fields(value), cleared, source: Source::Client, updated_at: None }.into()
}

fn deleted() -> LocalRecordEvent {
    Deleted { source: Source::Client }.into()
}

fn erased() -> LocalRecordEvent {
    Erased { request: None }.into()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn the_first_put_creates_the_record_with_all_its_fields() {
    given::<LocalRecord>([])
        .when(LocalRecordCommand::Put(put(json!({"name": "Ada", "phone": null}))))
        .then([created(json!({"name": "Ada"}))]);
}

#[test]
fn a_record_may_be_created_without_any_field() {
    given::<LocalRecord>([]).when(LocalRecordCommand::Put(put(json!({})))).then([created(json!({}))]);
}

#[test]
fn a_put_keeps_absent_fields_and_clears_null_ones() {
    given::<LocalRecord>([created(json!({"name": "Ada", "phone": "1", "city": "Oslo"}))])
        .when(LocalRecordCommand::Put(put(json!({"phone": null, "city": "Bergen"}))))
        .then([changed(json!({"city": "Bergen"}), &["phone"])]);
}

#[test]
fn a_replacing_put_clears_what_it_does_not_name() {
    let command = PutRecord { replace: true, ..put(json!({"name": "Ada"})) };
    given::<LocalRecord>([created(json!({"name": "Ada", "phone": "1"}))])
        .when(LocalRecordCommand::Put(command))
        .then([changed(json!({}), &["phone"])]);
}

#[test]
fn objects_within_a_record_merge_like_the_record() {
    given::<LocalRecord>([created(json!({"address": {"city": "Oslo", "zip": "0150", "box": "7"}}))])
        .when(LocalRecordCommand::Put(put(json!({"address": {"city": "Bergen", "box": null}}))))
        .then([changed(json!({"address": {"city": "Bergen", "zip": "0150"}}), &[])]);
}

#[test]
fn an_array_without_item_key_is_replaced_whole() {
    given::<LocalRecord>([created(json!({"tags": ["a", "b"]}))])
        .when(LocalRecordCommand::Put(put(json!({"tags": ["c"]}))))
        .then([changed(json!({"tags": ["c"]}), &[])]);
}

#[test]
fn items_found_by_their_key_keep_what_is_not_given_and_the_others_go() {
    let item_keys = ItemKeys::from([("lines".to_owned(), "line_id".to_owned())]);
    let lines = json!({"lines": [{"line_id": "2", "qty": 5}, {"line_id": "9", "qty": 1, "note": null}]});
    let before = json!({"lines": [{"line_id": "1", "qty": 1}, {"line_id": "2", "qty": 2, "sku": "B"}]});
    given::<LocalRecord>([created(before)])
        .when(LocalRecordCommand::Put(PutRecord { item_keys, ..put(lines) }))
        .then([changed(
            json!({"lines": [{"line_id": "2", "qty": 5, "sku": "B"}, {"line_id": "9", "qty": 1}]}),
            &[],
        )]);
}

#[test]
fn a_put_that_changes_nothing_is_no_event() {
    let command = PutRecord {
        updated_at: Some(time("2026-01-02T03:04:05Z")),
        ..put(json!({"total": 1.0, "lines": [{"b": 1e2, "a": 1}], "gone": null}))
    };
    given::<LocalRecord>([created(json!({"total": 1, "lines": [{"a": 1, "b": 100}]}))])
        .when(LocalRecordCommand::Put(command))
        .then_nothing();
}

#[test]
fn a_put_carries_its_source_and_the_senders_time() {
    let source = Source::Inbound { config: SyncConfigId(uuid::Uuid::from_u128(7)) };
    let updated_at = Some(time("2026-01-02T03:04:05Z"));
    let command = PutRecord { source, updated_at, ..put(json!({"name": "Ada"})) };
    let events = given::<LocalRecord>([]).when(LocalRecordCommand::Put(command)).events();
    let expected = Put {
        created: true,
        fields: fields(json!({"name": "Ada"})),
        cleared: Vec::new(),
        source,
        updated_at,
    };
    assert_eq!(events, [expected.into()]);
    assert_eq!(given::<LocalRecord>(events).state().updated_at, updated_at);
}

#[test]
fn a_put_under_an_old_version_is_refused() {
    let command = PutRecord { if_match: Some(1), ..put(json!({"name": "B"})) };
    given::<LocalRecord>([created(json!({"name": "A"})), changed(json!({"name": "C"}), &[])])
        .when(LocalRecordCommand::Put(command))
        .then_refused(&LocalRecordError::VersionMismatch { expected: 1, actual: 2 });
}

#[test]
fn a_put_under_the_current_version_is_accepted() {
    let command = PutRecord { if_match: Some(1), ..put(json!({"name": "B"})) };
    given::<LocalRecord>([created(json!({"name": "A"}))])
        .when(LocalRecordCommand::Put(command))
        .then([changed(json!({"name": "B"}), &[])]);
}

#[test]
fn a_put_of_a_version_that_never_was_is_refused() {
    let command = PutRecord { if_match: Some(3), ..put(json!({})) };
    given::<LocalRecord>([])
        .when(LocalRecordCommand::Put(command))
        .then_refused(&LocalRecordError::VersionMismatch { expected: 3, actual: 0 });
}

#[test]
fn a_put_after_a_deletion_continues_the_stream_without_the_old_fields() {
    let again = Put {
        created: true,
        fields: fields(json!({"name": "A"})),
        cleared: vec!["phone".to_owned()],
        source: Source::Client,
        updated_at: None,
    };
    let past = [created(json!({"name": "A", "phone": "1"})), deleted()];
    given::<LocalRecord>(past.clone())
        .when(LocalRecordCommand::Put(put(json!({"name": "A"}))))
        .then([again.clone().into()]);
    let state = given::<LocalRecord>(past.into_iter().chain([again.into()])).state();
    assert_eq!((state.fields, state.version, state.deleted), (fields(json!({"name": "A"})), 3, false));
}

#[test]
fn deleting_keeps_the_last_fields_and_deleting_again_changes_nothing() {
    let delete = || LocalRecordCommand::Delete(DeleteRecord { if_match: Some(1), source: Source::Client });
    let past = [created(json!({"name": "A"}))];
    given::<LocalRecord>(past.clone()).when(delete()).then([deleted()]);
    let [first] = past;
    given::<LocalRecord>([first.clone(), deleted()]).when(delete()).then_nothing();
    let state = given::<LocalRecord>([first, deleted()]).state();
    assert!(!state.exists());
    assert_eq!(state.fields, fields(json!({"name": "A"})));
}

#[test]
fn deleting_what_never_was_is_refused() {
    given::<LocalRecord>([])
        .when(LocalRecordCommand::Delete(DeleteRecord { if_match: None, source: Source::Client }))
        .then_refused(&LocalRecordError::NotFound);
}

#[test]
fn deleting_under_an_old_version_is_refused() {
    given::<LocalRecord>([created(json!({}))])
        .when(LocalRecordCommand::Delete(DeleteRecord { if_match: Some(9), source: Source::Client }))
        .then_refused(&LocalRecordError::VersionMismatch { expected: 9, actual: 1 });
}

#[test]
fn erasing_takes_the_contents_and_is_final() {
    let erase = || LocalRecordCommand::Erase(EraseRecord { request: None });
    let past = [created(json!({"name": "A"})), erased()];
    given::<LocalRecord>([created(json!({"name": "A"}))]).when(erase()).then([erased()]);
    given::<LocalRecord>(past.clone()).when(erase()).then_nothing();
    given::<LocalRecord>(past.clone())
        .when(LocalRecordCommand::Put(put(json!({"name": "A"}))))
        .then_refused(&LocalRecordError::Erased);
    let state = given::<LocalRecord>(past).state();
    assert!(state.fields.is_empty() && state.deleted && state.version == 2);
}

#[test]
fn erasing_what_never_was_is_refused() {
    given::<LocalRecord>([])
        .when(LocalRecordCommand::Erase(EraseRecord { request: None }))
        .then_refused(&LocalRecordError::NotFound);
}

#[test]
fn a_stored_put_is_small_and_keeps_every_digit() {
    let text = r#"{"fields":{"total":9007199254740993.10},"source":{"inbound":{"config":"00000000-0000-0000-0000-000000000007"}}}"#;
    let put: Put = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&put).unwrap(), text);
}

#[test]
fn numbers_are_the_same_by_value_and_not_by_spelling() {
    let number = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    for (one, other) in
        [("1", "1.0"), ("0", "-0.00"), ("100", "1e2"), ("0.001", "1E-3"), ("12.50", "1.25e+1")]
    {
        assert!(same_value(&number(one), &number(other)), "{one} is {other}");
    }
    for (one, other) in [
        ("9007199254740993", "9007199254740992"),
        ("1", "-1"),
        ("1", "10"),
        ("0.1", "0.01"),
        ("1e99999999999999999999", "1e99999999999999999998"),
    ] {
        assert!(!same_value(&number(one), &number(other)), "{one} is not {other}");
    }
    assert!(!same_value(&json!(1), &json!("1")));
    assert!(!same_value(&json!({"a": 1}), &json!({"b": 1})));
    assert!(!same_value(&json!([1, 2]), &json!([1])));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            any_members(inner).prop_map(Value::Object),
        ]
    })
}

fn any_members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Fields> {
    prop::collection::btree_map("[a-d]", value, 0..4).prop_map(|members| members.into_iter().collect())
}

proptest! {
    #[test]
    fn putting_the_same_again_is_no_event(first in any_members(any_value()), second in any_members(any_value()), replace: bool) {
        let command = |fields: &Fields| {
            LocalRecordCommand::Put(PutRecord { replace, ..PutRecord::new(fields.clone(), Source::Client) })
        };
        let mut past = given::<LocalRecord>([]).when(command(&first)).events();
        past.extend(given::<LocalRecord>(past.clone()).when(command(&second)).events());
        given::<LocalRecord>(past).when(command(&second)).then_nothing();
    }

    #[test]
    fn a_replacing_put_leaves_no_trace_of_what_was_there(first in any_members(any_value()), second in any_members(any_value())) {
        let command = |fields: &Fields| {
            LocalRecordCommand::Put(PutRecord { replace: true, ..PutRecord::new(fields.clone(), Source::Client) })
        };
        let mut past = given::<LocalRecord>([]).when(command(&first)).events();
        past.extend(given::<LocalRecord>(past.clone()).when(command(&second)).events());
        let fresh = given::<LocalRecord>([]).when(command(&second)).events();
        prop_assert_eq!(given::<LocalRecord>(past).state().fields, given::<LocalRecord>(fresh).state().fields);
    }
}
