use super::*;
use crate::catalogue::{FieldSchema, find};
use crate::sync_config::mapping::{Mapping, RemoteArray, RemoteShape};
use crate::sync_config::mapping_rule::MappingRule;
use crate::value::Direction;
use proptest::prelude::*;
use serde_json::json;

fn key() -> DigestKey {
    DigestKey::new(&[7; 32])
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

fn text(value: &Value, kind: &FieldType) -> String {
    String::from_utf8(canonical(value, kind)).unwrap()
}

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

/// The same value with its numbers as texts in normal form, for the reference implementation, which would lose digits.
fn without_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            Value::String(crate::money::normal_digits(number.as_str()).unwrap().into_owned())
        }
        Value::Array(items) => items.iter().map(without_numbers).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), without_numbers(value))).collect(),
        ),
        other => other.clone(),
    }
}

fn reference(value: &Value) -> String {
    serde_json_canonicalizer::to_string(&without_numbers(value)).unwrap()
}

#[test]
fn numbers_stand_as_text_by_their_source_digits() {
    let large: Value = serde_json::from_str("[9007199254740993, 9007199254740992, 1e2, 0.10, -0]").unwrap();
    assert_eq!(text(&large, &FieldType::Any), r#"["9007199254740993","9007199254740992","100","0.1","0"]"#);
    assert_eq!(text(&json!("100.00"), &FieldType::Money), r#""100""#);
    assert_eq!(text(&json!("100.00"), &FieldType::Text), r#""100.00""#);
    assert_eq!(text(&json!("n/a"), &FieldType::Money), r#""n/a""#);
}

#[test]
fn moments_stand_in_utc_and_texts_in_nfc() {
    for (given, expected) in [
        ("2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00Z"),
        ("2026-01-01T08:00:00.500Z", "2026-01-01T08:00:00.5Z"),
        ("2026-01-01T08:00:00.000Z", "2026-01-01T08:00:00Z"),
        ("2026-01-01T08:00:00", "2026-01-01T08:00:00"),
    ] {
        assert_eq!(text(&json!(given), &FieldType::DateTime), format!("\"{expected}\""));
    }
    assert_eq!(text(&json!("Cafe\u{301}"), &FieldType::Text), text(&json!("Café"), &FieldType::Text));
}

#[test]
fn members_are_sorted_by_utf16_and_texts_escaped_as_rfc_8785_says() {
    let record = json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{20ac}": 3, "\r": 4, "1": 5, "\u{80}": 6, "ö": 7});
    assert_eq!(text(&record, &FieldType::Any), reference(&record));
    let escapes = json!("\u{0}\u{8}\t\n\u{b}\u{c}\r\"\\/\u{1f}\u{7f}é");
    assert_eq!(text(&escapes, &FieldType::Any), reference(&escapes));
}

#[test]
fn absent_is_not_null_and_empty_is_not_absent() {
    let digest = |value: Value| observation_digest(&key(), &fields(value), &[]);
    assert_ne!(digest(json!({"a": null})), digest(json!({})));
    assert_ne!(digest(json!({"a": ""})), digest(json!({"a": null})));
    assert_ne!(digest(json!({"a": []})), digest(json!({"a": {}})));
}

#[test]
fn volatile_fields_do_not_count_wherever_they_are() {
    let volatile = [path("SyncToken"), path("MetaData.LastUpdatedTime"), path("Line[*].Touched")];
    let digest = |value: Value| observation_digest(&key(), &fields(value), &volatile);
    let before = json!({"Id": "1", "SyncToken": "0", "MetaData": {"CreateTime": "a", "LastUpdatedTime": "b"}, "Line": [{"Id": 1, "Touched": 1}]});
    let after = json!({"Id": "1", "SyncToken": "9", "MetaData": {"CreateTime": "a", "LastUpdatedTime": "z"}, "Line": [{"Id": 1}]});
    assert_eq!(digest(before.clone()), digest(after));
    let other = json!({"Id": "1", "SyncToken": "0", "MetaData": {"CreateTime": "x", "LastUpdatedTime": "b"}, "Line": [{"Id": 1}]});
    assert_ne!(digest(before), digest(other));
}

fn plan() -> Plan {
    let rules = [("name", "Name"), ("address.city", "Addr.City"), ("lines[*].amount", "Line[*].Amount")];
    let rules = rules.map(|(local, remote)| MappingRule::direct(local, path(local), path(remote)));
    let shape = RemoteShape {
        fields: vec![FieldSchema::new("Line[*].Amount", FieldType::Money)],
        open: true,
        arrays: vec![RemoteArray {
            path: "Line".into(),
            key: Some("Id".into()),
            computed: vec![("DetailType".into(), json!("SubTotalLineDetail"))],
        }],
    };
    Plan::compile(&Mapping { rules: rules.into() }, find("invoice"), &shape, Direction::Bidirectional)
        .unwrap()
}

#[test]
fn a_record_digest_covers_the_mapped_fields_of_its_side_and_nothing_else() {
    let plan = plan();
    let digest = |value: Value| remote_digest(&key(), &plan, &fields(value));
    let base = json!({"Name": "A", "Addr": {"City": "Rome"}, "Line": [{"Id": "1", "Amount": 5}]});
    let noise = json!({"Name": "A", "Addr": {"City": "Rome", "Zip": 1}, "Line": [{"Id": "2", "Amount": "5.00"}, {"DetailType": "SubTotalLineDetail", "Amount": 5}], "Else": 1});
    assert_eq!(digest(base.clone()), digest(noise));
    for other in [
        json!({"Name": "B", "Addr": {"City": "Rome"}, "Line": [{"Amount": 5}]}),
        json!({"Name": "A", "Addr": {}, "Line": [{"Amount": 5}]}),
        json!({"Name": "A", "Addr": {"City": "Rome"}, "Line": [{"Amount": 5}, {}]}),
        json!({"Name": "A", "Addr": {"City": null}, "Line": [{"Amount": 5}]}),
        json!({"Name": "A", "Addr": {"City": "Rome"}, "Line": [{"Amount": 6}]}),
    ] {
        assert_ne!(digest(base.clone()), digest(other));
    }
    assert_eq!(digest(json!({"Name": "A"})), digest(json!({"Name": "A", "Addr": {}, "Line": []})));
    let local = |value: Value| local_digest(&key(), &plan, &fields(value));
    assert_ne!(local(json!({"name": "A"})), local(json!({"name": "B"})));
    assert_eq!(local(json!({"name": "A", "memo": "x"})), local(json!({"name": "A"})));
}

#[test]
fn json_that_is_not_one_plain_object_has_no_digest() {
    let digest = |json: &str| observation_digest_of_json(&key(), json, &[]);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    for json in [
        "",
        "[]",
        "{",
        "{}x",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":01}",
        "{\"a\":tru}",
        "{a:1}",
        "{\"a\":\"\n\"}",
        &deep,
    ] {
        assert_eq!(digest(json), None, "{json}");
    }
    assert!(digest(" { \"a\" : [ 1 , { } ] } ").is_some());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (any::<i64>(), 0_u32..5).prop_map(|(number, scale)| {
            serde_json::from_str(&rust_decimal::Decimal::new(number, scale).to_string()).unwrap()
        }),
        "[a-zéß\u{1f600}\u{301}\"\\\\ \t]{0,6}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-c\u{fb33}\u{1f600}]{1,2}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_record() -> impl Strategy<Value = Fields> {
    prop::collection::btree_map("[a-d]{1,2}", any_json(), 0..5)
        .prop_map(|members| members.into_iter().collect())
}

/// The same JSON, its members in another order and its numbers in another spelling.
fn respelled(value: &Value) -> String {
    match value {
        Value::Number(number) if number.as_str().contains('.') => format!("{}00", number.as_str()),
        Value::Number(number) => format!("{}.0e0", number.as_str()),
        Value::Array(items) => format!("[{}]", items.iter().map(respelled).collect::<Vec<_>>().join(" , ")),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .rev()
                .map(|(name, value)| {
                    format!("{}\n:{}", serde_json::to_string(name).unwrap(), respelled(value))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// A value with all texts in NFC and all numbers in normal form: equal exactly when the meaning is.
fn meaning(value: &Value) -> Value {
    use unicode_normalization::UnicodeNormalization;
    match without_numbers(value) {
        Value::String(text) => Value::String(text.nfc().collect()),
        Value::Array(items) => items.iter().map(meaning).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), meaning(value))).collect()
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn our_bytes_are_those_of_the_reference_implementation(value in any_json()) {
        prop_assert_eq!(text(&meaning(&value), &FieldType::Any), reference(&meaning(&value)));
    }

    #[test]
    fn names_are_ordered_by_their_utf16_code_units(left in "\\PC{0,4}", right in "\\PC{0,4}") {
        prop_assert_eq!(writer::utf16_order(&left, &right), left.encode_utf16().cmp(right.encode_utf16()));
    }

    #[test]
    fn a_digest_is_stable_over_key_order_and_number_spelling(record in any_record()) {
        let again = respelled(&Value::Object(record.clone()));
        let parsed: Fields = serde_json::from_str(&again).unwrap();
        let digest = observation_digest(&key(), &record, &[]);
        prop_assert_eq!(observation_digest(&key(), &parsed, &[]), digest);
        prop_assert_eq!(observation_digest_of_json(&key(), &again, &[]), Some(digest));
    }

    #[test]
    fn a_digest_differs_after_any_change_of_meaning(left in any_record(), right in any_record()) {
        let same = meaning(&Value::Object(left.clone())) == meaning(&Value::Object(right.clone()));
        prop_assert_eq!(observation_digest(&key(), &left, &[]) == observation_digest(&key(), &right, &[]), same);
    }

    #[test]
    fn the_streaming_digest_leaves_out_the_same_volatile_fields(record in any_record()) {
        let volatile = [path("a"), path("b.a"), path("c[*].b")];
        let json = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(
            observation_digest_of_json(&key(), &json, &volatile),
            Some(observation_digest(&key(), &record, &volatile))
        );
    }

    #[test]
    fn no_text_makes_the_scanner_panic(json in "[{}\\[\\]\":,a1\\\\ ue.+-]{0,30}") {
        let ours = observation_digest_of_json(&key(), &json, &[]);
        let parsed = serde_json::from_str::<Fields>(&json).ok();
        if let (Some(ours), Some(parsed)) = (ours, &parsed) {
            prop_assert_eq!(ours, observation_digest(&key(), parsed, &[]));
        }
        prop_assert!(ours.is_none() || parsed.is_some());
    }
}
