use super::*;
use proptest::prelude::*;
use serde_json::json;

fn format(config: impl Into<Value>) -> Format {
    match Transform::parse("format", &config.into()).unwrap() {
        Transform::Format(format) => format,
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_and_configurations_of_the_mapping_table_are_read_and_shown() {
    for (kind, config) in [
        ("direct", json!({})),
        ("format", json!({"date": {"remote": "DD/MM/YYYY"}})),
        ("format", json!({"number": {"scale": 2, "shift": 2, "as_text": true}})),
        ("lookup", json!({"table": "status_map", "inverse": {"Open": "sent"}})),
        ("compute", json!({"expression": "record.name"})),
        ("constant", json!({"value": 5})),
        ("reference", json!({"entity": "customer"})),
    ] {
        let transform = Transform::parse(kind, &config).unwrap();
        assert_eq!((transform.kind(), transform.config()), (kind, config));
        let stored = serde_json::to_string(&transform).unwrap();
        assert_eq!(serde_json::from_str::<Transform>(&stored).unwrap(), transform);
    }
    let short = Transform::parse("lookup", &json!({"lookup_table": "status_map"})).unwrap();
    assert_eq!(short.config(), json!({"table": "status_map"}));
    assert_eq!(format(json!({"format": "YYYY-MM-DD"})), format(json!({"date": {"remote": "YYYY-MM-DD"}})));
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_with_an_example() {
    for (kind, config) in [
        ("direct", json!({"x": 1})),
        ("format", json!({})),
        ("format", json!({"format": "yesterday"})),
        ("format", json!({"format": "YY-MM-DD"})),
        ("format", json!({"text": {"template": "{} {}"}})),
        ("format", json!({"number": {"scale": 99}})),
        ("format", json!({"number": {"scal": 2}})),
        ("lookup", json!({})),
        ("lookup", json!({"table": "t", "inverse": [1]})),
        ("compute", json!({"expression": ""})),
        ("constant", json!({})),
        ("reference", json!({"entity": 5})),
        ("direct", json!([])),
    ] {
        assert!(Transform::parse(kind, &config).is_err(), "{kind} {config}");
    }
    let error = Transform::parse("magic", &json!({})).unwrap_err().to_string();
    assert_eq!(
        error,
        "`magic` is no transform: use one of direct, format, lookup, compute, constant, reference"
    );
}

#[test]
fn dates_are_written_in_the_providers_pattern_and_read_back() {
    let day = format(json!({"format": "DD/MM/YYYY"}));
    assert_eq!(day.to_remote(&json!("2026-02-28")).unwrap(), json!("28/02/2026"));
    assert_eq!(day.to_local(&json!("28/02/2026"), &FieldType::Date).unwrap(), json!("2026-02-28"));
    assert_eq!(day.to_remote(&json!("2026-02-28T23:30:00-02:00")).unwrap(), json!("01/03/2026"));
    assert!(day.to_remote(&json!("2026-02-30")).is_err());
    assert!(day.to_local(&json!("30/02/2026"), &FieldType::Date).is_err());
    assert!(day.to_local(&json!("28/02/26"), &FieldType::Date).is_err());

    let moment = format(json!({"format": "YYYY-MM-DDTHH:mm:ssZ"}));
    assert_eq!(moment.to_remote(&json!("2026-02-28T10:00:00+01:00")).unwrap(), json!("2026-02-28T09:00:00Z"));
    let back = moment.to_local(&json!("2026-02-28T09:00:00Z"), &FieldType::DateTime).unwrap();
    assert_eq!(back, json!("2026-02-28T09:00:00Z"));
}

#[test]
fn a_format_that_loses_something_has_no_inverse() {
    assert!(!format(json!({"format": "YYYY-MM"})).has_inverse(&FieldType::Date));
    assert!(format(json!({"format": "DD.MM.YYYY"})).has_inverse(&FieldType::Date));
    assert!(!format(json!({"format": "DD.MM.YYYY"})).has_inverse(&FieldType::DateTime));
    let upper = format(json!({"text": {"case": "upper"}}));
    assert!(!upper.has_inverse(&FieldType::Text));
    assert_eq!(upper.to_remote(&json!("straße")).unwrap(), json!("STRASSE"));
    assert_eq!(upper.to_local(&json!("A"), &FieldType::Text), Err(FormatError::OneWay));
}

#[test]
fn numbers_keep_their_digits_and_move_by_powers_of_ten() {
    let cents = format(json!({"number": {"shift": 2, "scale": 0}}));
    assert_eq!(cents.to_remote(&json!("12.345")).unwrap(), json!(1235));
    assert_eq!(cents.to_local(&json!(1235), &FieldType::Money).unwrap().to_string(), "12.35");
    let text = format(json!({"number": {"scale": 2, "as_text": true}}));
    assert_eq!(text.to_remote(&json!(5)).unwrap(), json!("5.00"));
    assert_eq!(text.to_local(&json!("5.00"), &FieldType::Money).unwrap().to_string(), "5.00");
    assert_eq!(text.to_remote(&json!("five")), Err(FormatError::NotANumber));
}

#[test]
fn texts_are_trimmed_cut_and_put_into_templates() {
    let template = format(json!({"text": {"template": "INV-{}"}}));
    assert_eq!(template.to_remote(&json!(7)).unwrap(), json!("INV-7"));
    assert_eq!(template.to_local(&json!("INV-7"), &FieldType::Text).unwrap(), json!("7"));
    assert!(matches!(template.to_local(&json!("7"), &FieldType::Text), Err(FormatError::OffTemplate { .. })));
    let short = format(json!({"text": {"trim": true, "max_length": 3}}));
    assert_eq!(short.to_remote(&json!("  äöüß ")).unwrap(), json!("äöü"));
    assert_eq!(short.to_remote(&json!([1])), Err(FormatError::NotAText));
}

proptest! {
    #[test]
    fn every_day_survives_the_way_there_and_back(days in 0_i32..60_000) {
        let day = chrono::NaiveDate::from_num_days_from_ce_opt(700_000 + days).unwrap().to_string();
        for pattern in ["DD/MM/YYYY", "YYYYMMDD", "MM-DD-YYYY"] {
            let format = format(json!({"format": pattern}));
            let there = format.to_remote(&json!(day)).unwrap();
            prop_assert_eq!(format.to_local(&there, &FieldType::Date).unwrap(), json!(day));
        }
    }
}
