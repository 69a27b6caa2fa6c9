use super::*;
use proptest::prelude::*;
use serde_json::json;

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

fn kinds() -> Kinds {
    Kinds::of(&crate::catalogue::find("invoice").unwrap().fields)
}

fn parse(source: &str) -> Result<Expression, ExpressionError> {
    let kinds = kinds();
    Expression::parse(source, &Place { kinds: Some(&kinds), value: None, array: None })
}

fn evaluate(source: &str, record: Value) -> Result<Option<Value>, ExpressionError> {
    parse(source)?.evaluate(&Input { record: &fields(record), value: None, item: None })
}

#[test]
fn fields_are_read_and_results_are_json() {
    let record =
        json!({"number": "7", "customer": "c1", "paid": true, "lines": [{"quantity": 2}, {"quantity": 3}]});
    for (source, expected) in [
        ("'INV-' + record.number", json!("INV-7")),
        ("record.paid ? 'yes' : 'no'", json!("yes")),
        ("size(record.lines)", json!(2)),
        ("record.lines.exists(line, line.quantity == '3')", json!(true)),
        ("record.lines.map(line, line.quantity)", json!(["2", "3"])),
        ("has(record.nothing)", json!(false)),
        ("{'a': [1, 2]}", json!({"a": [1, 2]})),
        ("record.number in ['7', '8']", json!(true)),
        ("record.number.matches('^[0-9]+$')", json!(true)),
    ] {
        assert_eq!(evaluate(source, record.clone()).unwrap(), Some(expected), "{source}");
    }
    assert_eq!(evaluate("null", record).unwrap(), None);
}

#[test]
fn decimals_are_text_and_only_dec_touches_them() {
    let record = fields(json!({"total": "2.55", "tax_total": 10, "lines": []}));
    let run =
        |source: &str| parse(source).unwrap().evaluate(&Input { record: &record, value: None, item: None });
    for (source, expected) in [
        ("dec.mul(record.total, 100)", json!("255")),
        ("dec.add(record.total, record.tax_total)", json!("12.55")),
        ("dec.sub('0.3', '0.1')", json!("0.2")),
        ("dec.round(dec.div(10, 3), 2)", json!("3.33")),
        ("dec.round('2.345', 2)", json!("2.35")),
        ("dec.round(2, 2)", json!("2.00")),
        ("dec.cmp(record.total, '2.5')", json!(1)),
        ("record.tax_total", json!("10")),
        ("dec.sum([record.total, 1, '0.45'])", json!("4")),
        ("dec.sum(record.lines.map(line, line.amount))", json!("0")),
    ] {
        assert_eq!(run(source).unwrap(), Some(expected), "{source}");
    }
    for source in
        ["dec.div(1, 0)", "dec.add('x', 1)", "dec.mul('1e28', '1e28')", "dec.round(1, 99)", "dec.sum(['x'])"]
    {
        assert!(matches!(run(source), Err(ExpressionError::Failed { .. })), "{source}");
    }
    for source in [
        "record.total + 1",
        "record.total * record.tax_total",
        "-record.total",
        "record.total > 5",
        "record.total == 5",
        "dec.add(1, 2) - 1",
        "dec.sum([1]) > 0",
        "(true ? record.total : 0) + 1",
        "record.total < '5'",
    ] {
        assert!(matches!(parse(source), Err(ExpressionError::DecimalOperator { .. })), "{source}");
    }
    assert!(parse("record.total != ''").is_ok());
    assert_eq!(parse("1.5 > 1.0"), Err(ExpressionError::Double { literal: "1.5".into() }));
}

#[test]
fn inside_an_array_the_element_is_item() {
    let kinds = kinds();
    let quantity = FieldType::Decimal;
    let place = Place { kinds: Some(&kinds), value: Some(&quantity), array: Some("lines") };
    let amount = Expression::parse("dec.mul(item.quantity, item.unit_price)", &place).unwrap();
    let item = json!({"quantity": 3, "unit_price": 1.25});
    let input = Input { record: &Fields::new(), value: None, item: Some(&item) };
    assert_eq!(amount.evaluate(&input).unwrap(), Some(json!("3.75")));
    assert!(matches!(
        Expression::parse("item.quantity * 2", &place),
        Err(ExpressionError::DecimalOperator { .. })
    ));
    assert!(matches!(Expression::parse("value * 2", &place), Err(ExpressionError::DecimalOperator { .. })));
    assert_eq!(parse("item.x"), Err(ExpressionError::UnknownVariable { name: "item".into() }));
}

#[test]
fn what_an_expression_reads_is_known() {
    let reads = |source: &str| parse(source).unwrap().reads().clone();
    let some = reads("record.number + record.address.city + record.lines.map(record, record.x)[0]");
    assert!(!some.whole);
    assert_eq!(some.fields.into_iter().collect::<Vec<_>>(), ["address", "lines", "number"]);
    assert!(reads("size(record)").whole);
    assert!(reads("record['na' + 'me']").whole);
    assert!(reads("value == 'x'").value);
    assert!(reads("has(record.memo)").fields.contains("memo"));
}

#[test]
fn too_long_too_deep_and_too_costly_are_refused_by_name() {
    let long = format!("'{}'", "x".repeat(SOURCE_LIMIT));
    assert_eq!(parse(&long), Err(ExpressionError::TooLong { bytes: SOURCE_LIMIT + 2 }));
    for source in [
        format!("{}1{}", "(".repeat(17), ")".repeat(17)),
        format!("{}1{}", "[".repeat(1000), "]".repeat(1000)),
        format!("{}true", "!".repeat(2000)),
        format!("{}1", "- ".repeat(1000)),
        format!("{}1", "true ? 1 : ".repeat(150)),
        format!("1{}", "+1".repeat(1020)),
        format!("record{}", ".a".repeat(900)),
    ] {
        assert_eq!(parse(&source), Err(ExpressionError::TooDeep), "{}…", &source[..20]);
    }
    let triple = "record.lines.all(a, record.lines.all(b, record.lines.all(c, a == c)))";
    assert_eq!(parse(triple), Err(ExpressionError::TooCostly { cost: 1_000_000_000 }));
    assert!(parse("record.lines.all(a, record.lines.all(b, a == b))").is_ok());
    assert!(parse("[1, 2].all(a, [1, 2].all(b, [1, 2].all(c, a == c)))").is_ok());
}

#[test]
fn a_flat_expression_of_ordinary_size_is_not_too_deep() {
    let ands = vec!["record.status == 'sent'"; 40].join(" && ");
    assert!(parse(&ands).is_ok(), "{:?}", parse(&ands));
    assert!(parse("record.a + record.b + record.c + record.d + record.e + record.f").is_ok());
    assert!(
        parse("record.kind == 'a' ? 'A' : record.kind == 'b' ? 'B' : record.kind == 'c' ? 'C' : 'D'").is_ok()
    );
}

#[test]
fn unknown_names_and_patterns_from_the_data_are_refused() {
    assert_eq!(parse("recrod.name"), Err(ExpressionError::UnknownVariable { name: "recrod".into() }));
    assert_eq!(parse("double('1')"), Err(ExpressionError::UnknownFunction { name: "double".into() }));
    assert_eq!(parse("dec.sqrt(4)"), Err(ExpressionError::UnknownFunction { name: "sqrt".into() }));
    assert_eq!(parse("record.a.matches(record.b)"), Err(ExpressionError::OpenPattern));
    assert!(matches!(parse("record."), Err(ExpressionError::Syntax { .. })));
    assert!(matches!(parse(""), Err(ExpressionError::Syntax { .. })));
}

#[test]
fn a_list_over_the_limit_is_an_error_not_a_wait() {
    let lines: Vec<Value> = (0..=LIST_LIMIT).map(|n| json!(n)).collect();
    let error = evaluate("record.lines.all(a, a >= 0)", json!({"lines": lines})).unwrap_err();
    assert_eq!(error, ExpressionError::ListTooLong { field: "lines".into(), length: LIST_LIMIT + 1 });
}

#[test]
fn loops_over_long_texts_are_refused_before_they_start() {
    let lines: Vec<Value> = (0..500).map(|n| json!({"n": n})).collect();
    let long = json!({"lines": lines, "memo": "x".repeat(100_000)});
    let twice = "record.lines.map(a, record.lines.map(b, record.memo + record.memo))";
    assert_eq!(evaluate(twice, long.clone()), Err(ExpressionError::TooMuch));
    assert!(evaluate("record.lines.all(a, a.n >= 0 && record.memo != '')", long.clone()).is_ok());
    assert!(evaluate("record.lines.all(a, record.lines.all(b, a.n >= 0 || b.n >= 0))", long).is_ok());
}

#[test]
fn errors_name_the_failure_and_never_the_value() {
    let error = evaluate("record.name + 1", json!({"name": "Secret Person"})).unwrap_err();
    assert!(!error.to_string().contains("Secret"), "{error}");
    assert_eq!(
        evaluate("record.nothing", json!({})),
        Err(ExpressionError::Absent { field: "nothing".into() })
    );
    assert!(evaluate("size(record.name) > 3 ? 1/0 : 0", json!({"name": "Secret"})).is_err());
}

#[test]
fn the_worst_allowed_expression_ends_soon() {
    let lines: Vec<Value> = (0..LIST_LIMIT / 4).map(|n| json!(n)).collect();
    let answer =
        evaluate("record.lines.all(a, record.lines.all(b, a != -1 && b != -1))", json!({"lines": lines}));
    assert_eq!(answer, Ok(Some(json!(true))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-z0-9.+\\-*/()\\[\\]{}?:'\"!&|<>= ]{0,60}") {
        let _ = parse(&text);
    }
}
