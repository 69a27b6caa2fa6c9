use super::{Header, Json, Path, Qbo, Query, Template, TemplateError, Values, json_schema};

fn value(text: &str) -> Values<'_> {
    Values { value: Some(text), limit: Some(100), offset: Some(0), ..Values::default() }
}

#[test]
fn a_quote_in_a_value_stays_inside_its_literal() {
    let statement =
        Template::<Qbo>::parse("select * from Customer where DisplayName = {value} maxresults {limit}")
            .unwrap();
    let filled = statement.fill(&value("O'Brien")).unwrap();
    assert_eq!(filled, r"select * from Customer where DisplayName = 'O\'Brien' maxresults 100");
    let filled = statement.fill(&value(r"x\' or Id > '0")).unwrap();
    assert_eq!(filled, r"select * from Customer where DisplayName = 'x\\\' or Id > \'0' maxresults 100");
    assert!(matches!(statement.fill(&value("a\u{0}b")), Err(TemplateError::Unfit { .. })));
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
    for part in ["Manifest", "OAuth2", "List", "Changes", "Webhooks", "Batch", "ErrorRule"] {
        assert!(part == "Manifest" || schema["$defs"][part]["properties"].is_object(), "{part}");
    }
}
