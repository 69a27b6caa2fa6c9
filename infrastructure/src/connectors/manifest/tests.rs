use chrono::DateTime;
use serde_json::json;

use super::{
    Header, Json, Path, Query, Statement, Template, TemplateError, Tree, Values, from_files, json_schema,
};

fn value(text: &str) -> Values<'_> {
    Values { value: Some(text), limit: Some(100), offset: Some(0), ..Values::default() }
}

fn statement(language: &str, text: &str) -> Statement {
    toml::from_str(&format!("parameter = \"q\"\nlanguage = \"{language}\"\ntext = \"{text}\"")).unwrap()
}

#[test]
fn a_quote_in_a_value_stays_inside_its_literal() {
    let statement = statement("qbo", "select * from Customer where DisplayName = {value} maxresults {limit}");
    let filled = statement.fill(&value("O'Brien")).unwrap();
    assert_eq!(filled, r"select * from Customer where DisplayName = 'O\'Brien' maxresults 100");
    let filled = statement.fill(&value(r"x\' or Id > '0")).unwrap();
    assert_eq!(filled, r"select * from Customer where DisplayName = 'x\\\' or Id > \'0' maxresults 100");
    assert!(matches!(statement.fill(&value("a\u{0}b")), Err(TemplateError::Unfit { .. })));
}

#[test]
fn every_language_quotes_in_its_own_way() {
    let since = DateTime::from_timestamp(1_767_323_045, 0);
    let values = Values { since, ..value(r"O'Brien \") };
    let said = |language: &str| statement(language, "a = {value} and t > {since}").fill(&values).unwrap();
    assert_eq!(said("soql"), r"a = 'O\'Brien \\' and t > 2026-01-02T03:04:05Z");
    assert_eq!(said("suiteql"), r"a = 'O''Brien \' and t > '2026-01-02T03:04:05Z'");
    assert_eq!(said("odata"), r"a = 'O''Brien \' and t > 2026-01-02T03:04:05Z");
    assert_eq!(said("stripe"), r"a = 'O\'Brien \\' and t > '2026-01-02T03:04:05Z'");
    assert_eq!(said("shopify"), said("stripe"));
    assert_eq!(said("xero"), r#"a = "O'Brien \" and t > "2026-01-02T03:04:05Z""#);
    let xero = statement("xero", "a = {value}");
    assert!(matches!(xero.fill(&value("a\"b")), Err(TemplateError::Unfit { .. })));
}

#[test]
fn moments_are_written_as_the_hole_says() {
    let since = DateTime::from_timestamp_millis(1_767_323_045_678);
    let values = Values { since, version_token: Some("/Date(1767323045678+0000)/"), ..Values::default() };
    let said = |text: &str| Template::<Query>::parse(text).unwrap().fill(&values).unwrap();
    assert_eq!(said("{since}"), "2026-01-02T03:04:05Z");
    assert_eq!(said("{since:millis}"), "2026-01-02T03:04:05.678Z");
    assert_eq!(said("{since:local}"), "2026-01-02T03:04:05");
    assert_eq!(said("{since:offset}"), "2026-01-02T03:04:05+0000");
    assert_eq!(said("{since:epoch}"), "1767323045");
    assert_eq!(said("{since:epoch_ms}"), "1767323045678");
    assert_eq!(said("{since:date}"), "2026-01-02");
    assert_eq!(said("{version_token:http_date}"), "Fri, 02 Jan 2026 03:04:05 GMT");
    let unknown = Template::<Query>::parse("{since:swatch}").unwrap_err();
    assert!(unknown.to_string().contains("unknown format"));
}

#[test]
fn a_body_keeps_types_and_leaves_out_what_has_no_value() {
    let text = r#"tree = { n = "{limit}", t = "n {limit}", after = "{cursor}", on = true, list = ["{value}", "{cursor}"], record = "{record}", name = "{record.name.first}" }"#;
    let table: toml::Table = text.parse().unwrap();
    let tree: Tree = serde::Deserialize::deserialize(table["tree"].clone()).unwrap();
    let record = json!({ "name": { "first": "Ada" } });
    let filled = tree.fill(&Values { record: Some(&record), ..value("v") }).unwrap();
    let wanted = json!({
        "n": 100, "t": "n 100", "on": true, "list": ["v"], "record": { "name": { "first": "Ada" } }, "name": "Ada",
    });
    assert_eq!(filled, wanted);
}

#[test]
fn an_entity_that_is_like_another_says_only_what_differs() {
    let manifest = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/connectors/rest/manifest.toml"
    ))
    .unwrap();
    let customers = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/connectors/rest/entities/customers.toml"
    ))
    .unwrap();
    let more = "[entities.leads]\nlike = \"customers\"\nwrite_class = \"d\"\n[entities.leads.read]\nrequest = { path = \"/leads/{id}\" }\n";
    let files = [
        ("manifest.toml".to_owned(), manifest.clone()),
        ("entities/customers.toml".to_owned(), customers.clone()),
        ("entities/leads.toml".to_owned(), more.to_owned()),
    ];
    let read = from_files(&files.clone().into()).unwrap();
    let (leads, customers) = (&read.entities["leads"], &read.entities["customers"]);
    assert_eq!(leads.fields, customers.fields);
    assert_eq!((leads.write_class.as_str(), customers.write_class.as_str()), ("d", "c"));
    assert_ne!(format!("{:?}", leads.read), format!("{:?}", customers.read));
    let broken = more.replace("write_class = \"d\"", "banana = 1");
    let mut files = files.to_vec();
    files[2].1 = broken;
    let error = from_files(&files.clone().into_iter().collect()).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("entities/leads.toml", 3));
    files[2].1 = "[entities.leads]\nlike = \"leads\"\n".to_owned();
    assert!(from_files(&files.into_iter().collect()).unwrap_err().message.contains("circles"));
}

#[test]
fn a_value_fills_one_segment_of_a_path_and_never_climbs() {
    let path = Template::<Path>::parse("/a/{value}/b").unwrap();
    assert_eq!(path.fill(&value("x/../y?z#ä")).unwrap(), "/a/x%2F..%2Fy%3Fz%23%C3%A4/b");
    for bad in ["", ".", ".."] {
        assert!(path.fill(&value(bad)).is_err(), "{bad}");
    }
    for bad in ["a", "/a?b=c", "/a//b", "/a/../b", "/a#b", "/a b"] {
        assert!(Template::<Path>::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_quote_in_a_key_of_a_path_is_doubled() {
    let path = Template::<Path>::parse("/Items('{value}')/{value}").unwrap();
    assert_eq!(path.fill(&value("6' x")).unwrap(), "/Items('6%27%27%20x')/6%27%20x");
}

#[test]
fn a_header_is_one_line() {
    let header = Template::<Header>::parse("\"{value}\"").unwrap();
    assert_eq!(header.fill(&value("3")).unwrap(), "\"3\"");
    assert!(header.fill(&value("3\r\nX-Evil: 1")).is_err());
    assert!(Template::<Header>::parse("a\nb").is_err());
}

#[test]
fn braces_holes_and_absent_values_are_told() {
    let template = Template::<Json>::parse("{{x}} {value}").unwrap();
    assert_eq!(template.fill(&value("y")).unwrap(), "{x} y");
    for bad in ["{", "}", "{value", "a } b", "{}", "{nothing}", "{setting.}"] {
        assert!(Template::<Query>::parse(bad).is_err(), "{bad}");
    }
    let absent = template.fill(&Values::default()).unwrap_err();
    assert_eq!(absent.to_string(), "{value} has no value");
}

#[test]
fn the_schema_for_editors_knows_every_part_and_its_meaning() {
    let schema = json_schema();
    let entity = &schema["$defs"]["Entity"];
    assert_eq!(entity["additionalProperties"], false);
    assert!(entity["properties"]["write_class"]["description"].as_str().unwrap().contains("How safely"));
    for part in [
        "Manifest",
        "OAuth2",
        "List",
        "Changes",
        "Delta",
        "Bulk",
        "Webhooks",
        "Batch",
        "ErrorRule",
        "OperationOf",
    ] {
        assert!(part == "Manifest" || schema["$defs"][part]["properties"].is_object(), "{part}");
    }
}
