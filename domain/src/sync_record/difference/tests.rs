use super::*;
use crate::sync_record::fixtures::{World, direct, fields, one_way, rule};
use crate::sync_record::resolution::Policy;
use crate::value::Direction;
use serde_json::json;

#[test]
fn each_side_is_compared_with_itself_and_never_with_the_other() {
    let spelled = || {
        World::new(vec![direct("memo", "Memo"), direct("total", "TotalAmt")]).in_step(
            json!({"memo": "(555) 010", "total": "10.00"}),
            json!({"Memo": "555010", "TotalAmt": 10}),
        )
    };
    assert!(spelled().difference().is_quiet());

    let mut world = spelled();
    world.edit_local("memo", json!("other"));
    assert_eq!((world.change("memo"), world.change("total")), (Change::LocalOnly, Change::Unchanged));

    let mut world = spelled();
    world.edit_remote("Memo", json!("other"));
    world.edit_local("total", json!(10));
    assert_eq!((world.change("memo"), world.change("total")), (Change::RemoteOnly, Change::Unchanged));
}

#[test]
fn both_sides_may_agree_or_collide() {
    let mut world = World::new(vec![direct("memo", "Memo"), direct("total", "TotalAmt")])
        .in_step(json!({"memo": "a", "total": "1"}), json!({"Memo": "a", "TotalAmt": 1}));
    world.edit_local("memo", json!("b"));
    world.edit_remote("Memo", json!("b"));
    world.edit_local("total", json!("2"));
    world.edit_remote("TotalAmt", json!(3));
    assert_eq!((world.change("memo"), world.change("total")), (Change::Agreement, Change::Collision));
    let difference = world.difference();
    let collision = difference.having(Change::Collision).next().unwrap();
    let expected = Collision {
        unit: "total".into(),
        base: Some(json!("1")),
        local: Some(json!("2")),
        remote: Some(json!(3)),
    };
    assert_eq!(collision.values, expected);
}

#[test]
fn a_remote_edit_elsewhere_does_not_turn_viewed_into_sent() {
    let lookup = json!({"lookup": {"table": "status", "inverse": {"Open": "sent"}}});
    let entries = [("draft", "Open"), ("sent", "Open"), ("viewed", "Open"), ("paid", "Closed")];
    let mut world = World::new(vec![rule("status", "Status", lookup), direct("memo", "Phone")])
        .table("status", &entries)
        .in_step(json!({"status": "viewed", "memo": "1"}), json!({"Status": "Open", "Phone": "1"}));
    world.edit_remote("Phone", json!("2"));
    world.falls_quiet(Policy::default());
    assert_eq!(world.local, fields(json!({"status": "viewed", "memo": "2"})));

    world.edit_local("status", json!("draft"));
    assert_eq!(world.change("status"), Change::Agreement);
    assert!(world.round(Policy::default()).quiet());

    world.edit_remote("Status", json!("Closed"));
    world.falls_quiet(Policy::default());
    world.edit_remote("Status", json!("Open"));
    world.falls_quiet(Policy::default());
    assert_eq!(world.local["status"], json!("sent"));
}

#[test]
fn a_one_way_format_never_looks_like_a_change() {
    let upper = json!({"format": {"text": {"case": "upper"}}});
    let mut world = World::new(vec![rule("memo", "Memo", upper), direct("number", "DocNumber")])
        .in_step(json!({"memo": "Rome", "number": "1"}), json!({"Memo": "ROME", "DocNumber": "1"}));
    world.edit_remote("DocNumber", json!("2"));
    world.falls_quiet(Policy::default());
    assert_eq!(world.local, fields(json!({"memo": "Rome", "number": "2"})));

    world.edit_remote("Memo", json!("PARIS"));
    assert_eq!(world.change("memo"), Change::Drift);
    assert_eq!(world.difference().drifted().count(), 1);
    assert!(world.difference().is_quiet());

    world.edit_local("memo", json!("Oslo"));
    let unit = &world.difference().units[0];
    assert_eq!((unit.change, unit.drift), (Change::LocalOnly, true));
    world.falls_quiet(Policy::default());
    assert_eq!(world.remote.as_ref().unwrap()["Memo"], json!("OSLO"));
}

#[test]
fn two_providers_may_normalise_one_local_record_differently() {
    fn digits(mut body: Fields) -> Fields {
        let phone = body["Phone"].as_str().unwrap_or_default().replace(|c: char| !c.is_ascii_digit(), "");
        body.insert("Phone".into(), json!(phone));
        body
    }
    fn international(mut body: Fields) -> Fields {
        let phone = format!("+1 {}", digits(body.clone())["Phone"].as_str().unwrap_or_default());
        body.insert("Phone".into(), json!(phone));
        body
    }
    let rules = || vec![direct("phone", "Phone"), direct("name", "Name")];
    let mut first = World::of("customer", rules(), Direction::Bidirectional);
    let mut second = World::of("customer", rules(), Direction::Bidirectional);
    (first.stores, second.stores) = (digits, international);
    let mut record = fields(json!({"name": "A", "phone": "(555) 010"}));
    for edit in [None, Some(json!("(555) 020"))] {
        if let Some(phone) = edit {
            record.insert("phone".into(), phone);
        }
        for world in [&mut first, &mut second] {
            world.local.clone_from(&record);
            assert_eq!(world.round(Policy::default()).pull, [""; 0]);
            assert!(world.round(Policy::default()).quiet());
            assert_eq!(world.local, record);
        }
    }
    assert_eq!(first.remote.unwrap()["Phone"], json!("555020"));
    assert_eq!(second.remote.unwrap()["Phone"], json!("+1 555020"));
}

#[test]
fn at_the_first_link_equal_units_agree_blanks_are_filled_and_the_rest_collides() {
    let rules = vec![
        direct("number", "DocNumber"),
        direct("memo", "Memo"),
        direct("total", "TotalAmt"),
        direct("status", "Status"),
        direct("notes", "Notes"),
        one_way(Direction::Outbound, direct("currency", "Currency")),
    ];
    let world = World::new(rules).apart(
        json!({"number": "1", "memo": "ours", "total": "5.00", "status": "a", "notes": null, "currency": "EUR"}),
        json!({"DocNumber": "1", "TotalAmt": 5, "Status": "b", "Notes": "theirs", "Currency": "USD"}),
    );
    let changes: Vec<Change> = world.difference().units.iter().map(|unit| unit.change).collect();
    let expected = [
        Change::Agreement,
        Change::LocalOnly,
        Change::Agreement,
        Change::Collision,
        Change::RemoteOnly,
        Change::LocalOnly,
    ];
    assert_eq!(changes, expected);
}

#[test]
fn a_computed_field_changes_when_what_it_reads_changes_its_result() {
    let full = json!({"compute": {"expression": "record.first_name + ' ' + record.last_name"}});
    let mut world = World::of("customer", vec![rule("", "Name", full)], Direction::Bidirectional)
        .in_step(json!({"first_name": "A", "last_name": "B C"}), json!({"Name": "A B C"}));
    world.edit_local("phone", json!("1"));
    assert_eq!(world.change("Name"), Change::Unchanged);
    world.edit_local("first_name", json!("A B"));
    world.edit_local("last_name", json!("C"));
    assert_eq!(world.change("Name"), Change::Unchanged);
    world.edit_local("last_name", json!("D"));
    assert_eq!(world.change("Name"), Change::LocalOnly);
    world.falls_quiet(Policy::default());
    assert_eq!(world.remote.unwrap()["Name"], json!("A B D"));
}

#[test]
fn absent_and_null_and_empty_are_three_things() {
    let mut world = World::new(vec![direct("memo", "Memo")]).in_step(json!({}), json!({"Memo": null}));
    world.edit_local("memo", json!(""));
    assert_eq!(world.change("memo"), Change::LocalOnly);
    let mut world =
        World::new(vec![direct("memo", "Memo")]).in_step(json!({"memo": "x"}), json!({"Memo": "x"}));
    world.edit_remote("Memo", Value::Null);
    assert_eq!(world.change("memo"), Change::RemoteOnly);
    world.falls_quiet(Policy::default());
    assert_eq!(world.local, Fields::new());
}

fn lines() -> Vec<crate::sync_config::mapping_rule::MappingRule> {
    vec![
        direct("lines[*].description", "Line[*].Description"),
        direct("lines[*].amount", "Line[*].Amount"),
        rule("", "Line[*].DetailType", json!({"constant": {"value": "SalesItemLineDetail"}})),
    ]
}

fn two_lines() -> World {
    World::new(lines()).in_step(
        json!({"lines": [{"line_id": "1", "description": "a", "amount": "1"}, {"line_id": "2", "description": "b", "amount": "2"}]}),
        json!({"Line": [
            {"Id": "10", "Description": "a", "Amount": 1, "DetailType": "SalesItemLineDetail"},
            {"Id": "20", "Description": "b", "Amount": 2, "DetailType": "SalesItemLineDetail"},
            {"Amount": 3, "DetailType": "SubTotalLineDetail"}
        ]}),
    )
}

#[test]
fn an_array_is_one_unit_and_the_providers_own_lines_do_not_count() {
    let mut world = two_lines();
    assert_eq!(world.difference().units.len(), 1);
    world.edit_remote("Line[2].Amount", json!(99));
    assert_eq!(world.change("lines[*]"), Change::Unchanged);
    world.edit_local("lines[0].amount", json!("1.00"));
    assert_eq!(world.change("lines[*]"), Change::Unchanged);
    world.edit_local("lines[0].amount", json!("5"));
    assert_eq!(world.change("lines[*]"), Change::LocalOnly);
    world.edit_remote("Line[0].Amount", json!(5));
    assert_eq!(world.change("lines[*]"), Change::Agreement);
    world.edit_remote("Line[0].Amount", json!(6));
    assert_eq!(world.change("lines[*]"), Change::Collision);
}

#[test]
fn changes_of_different_lines_merge_and_of_one_line_collide() {
    let mut world = two_lines();
    world.edit_local("lines[0].amount", json!("5"));
    world.edit_remote("Line[1].Description", json!("B"));
    assert_eq!(world.change("lines[*]"), Change::Merged);
    world.edit_remote("Line[0].Description", json!("A"));
    assert_eq!(world.change("lines[*]"), Change::Collision);
}

#[test]
fn without_item_keys_an_array_is_one_value() {
    let mut world = World::new(vec![direct("parts[*].name", "Parts[*].Name")]).in_step(
        json!({"parts": [{"name": "a"}, {"name": "b"}]}),
        json!({"Parts": [{"Name": "a"}, {"Name": "b"}]}),
    );
    world.edit_local("parts[0].name", json!("x"));
    world.edit_remote("Parts[1].Name", json!("y"));
    assert_eq!(world.change("parts[*]"), Change::Collision);
}

#[test]
fn a_foreign_change_of_a_one_way_field_inside_an_array_is_drift() {
    let mut world = two_lines();
    world.edit_remote("Line[0].DetailType", json!("DescriptionOnly"));
    assert_eq!(world.change("lines[*]"), Change::Drift);
    let mut world = World::new(vec![one_way(Direction::Inbound, direct("memo", "Memo"))])
        .in_step(json!({"memo": "a"}), json!({"Memo": "a"}));
    world.edit_local("memo", json!("b"));
    assert_eq!(world.change("memo"), Change::Drift);
    world.edit_remote("Memo", json!("c"));
    assert_eq!(world.change("memo"), Change::RemoteOnly);
}

#[test]
fn what_the_provider_stored_differently_is_named() {
    let world = two_lines();
    let asked = fields(
        json!({"Line": [{"Amount": "1.00", "Description": "long text", "DetailType": "SalesItemLineDetail"}]}),
    );
    let cut = fields(
        json!({"Line": [{"Id": 1, "Amount": 1, "Description": "long", "DetailType": "SalesItemLineDetail"}, {"Amount": 1, "DetailType": "SubTotalLineDetail"}]}),
    );
    let whole = fields(
        json!({"Line": [{"Amount": 1, "Description": "long text", "DetailType": "SalesItemLineDetail"}]}),
    );
    let written = ["lines[*]".to_owned()];
    assert_eq!(accepted_differently(&world.rules(), &asked, &cut, &written), written);
    assert_eq!(accepted_differently(&world.rules(), &asked, &whole, &written), [""; 0]);
    assert_eq!(accepted_differently(&world.rules(), &asked, &cut, &[]), [""; 0]);
}
