use super::*;
use proptest::prelude::*;
use serde_json::json;

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

#[test]
fn both_spellings_of_a_path_are_one_path() {
    for (text, plain) in [
        ("$.address.city", "address.city"),
        ("$['address']['city']", "address.city"),
        ("$.lines[*]['quantity']", "lines[*].quantity"),
        ("address.city", "address.city"),
        ("$['odd.name'].x", "$['odd.name'].x"),
        ("a['b c']", "a.b c"),
        ("a['it\\'s']", "a['it\\'s']"),
        ("$[\"\\u0041\\ud83d\\ude00\"]", "A😀"),
        ("a[0].b[-1]", "a[0].b[-1]"),
        ("Line[*].SalesItemLineDetail.ItemRef.value", "Line[*].SalesItemLineDetail.ItemRef.value"),
    ] {
        let path = FieldPath::parse(text).unwrap();
        assert_eq!(path.to_string(), plain, "{text}");
        assert_eq!(FieldPath::parse(&path.to_string()).unwrap(), path, "{text}");
    }
}

#[test]
fn what_is_no_path_to_one_place_is_refused_with_a_hint() {
    for text in [
        "",
        "$",
        "$[*].a",
        "[0]",
        "a..b",
        "$..a",
        "a.*",
        "a[1:2]",
        "a[?@.b]",
        "a['b','c']",
        "a[",
        "a['b",
        "a.",
        "a b ",
        "a]",
        "a['\\x']",
        "a['\\ud800']",
        "a[01]",
        "a[-0]",
        "a[1000]",
        "a[99999999999999999999]",
        "$a",
        "a*",
    ] {
        let error = FieldPath::parse(text).expect_err(text);
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(FieldPath::parse(&"x".repeat(256)), Err(FieldPathError::TooLong { length: 256 }));
    assert!(FieldPath::parse(&"x".repeat(255)).is_ok());
}

#[test]
fn a_path_reads_writes_and_removes_its_place_only() {
    let mut record = fields(json!({"name": "A", "address": {"city": "Rome"}, "tags": ["x", "y"]}));
    let path = |text: &str| FieldPath::parse(text).unwrap();
    assert_eq!(path("address.city").get(&record), Some(&json!("Rome")));
    assert_eq!(path("tags[-1]").get(&record), Some(&json!("y")));
    assert_eq!(path("tags[-3]").get(&record), None);
    assert_eq!(path("name.first").get(&record), None);

    path("address.zip").set(&mut record, json!("00100"));
    path("phone.mobile").set(&mut record, json!("1"));
    path("tags[2]").set(&mut record, json!("z"));
    path("tags[9]").set(&mut record, json!("never"));
    assert_eq!(
        Value::Object(record.clone()),
        json!({"name": "A", "address": {"city": "Rome", "zip": "00100"}, "phone": {"mobile": "1"}, "tags": ["x", "y", "z"]})
    );

    path("phone.mobile").remove(&mut record);
    path("address.city").remove(&mut record);
    path("nothing.here").remove(&mut record);
    assert_eq!(
        Value::Object(record),
        json!({"name": "A", "address": {"zip": "00100"}, "tags": ["x", "y", "z"]})
    );
}

#[test]
fn each_splits_at_the_array() {
    let path = FieldPath::parse("order.lines[*].item.id").unwrap();
    let (array, inside) = path.each().unwrap();
    assert_eq!((array.to_string().as_str(), inside.to_string().as_str()), ("order.lines", "item.id"));
    assert_eq!(FieldPath::parse("tags[*]").unwrap().each(), None);
    assert_eq!(FieldPath::parse("name").unwrap().each(), None);
    let record = fields(json!({"order": {"lines": [{"item": {"id": 1}}, {}, {"item": {"id": 3}}]}}));
    assert_eq!(path.select(&record), [&json!(1), &json!(3)]);
}

proptest! {
    #[test]
    fn any_name_can_be_written_and_read_back(names in prop::collection::vec("\\PC{1,12}", 1..5)) {
        let path = FieldPath { segments: names.into_iter().map(Segment::Name).collect() };
        let text = path.to_string();
        prop_assume!(text.chars().count() <= PATH_LIMIT);
        prop_assert_eq!(FieldPath::parse(&text), Ok(path));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,40}") {
        if let Ok(path) = FieldPath::parse(&text) {
            prop_assert_eq!(FieldPath::parse(&path.to_string()), Ok(path));
        }
    }
}
