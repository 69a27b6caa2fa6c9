use super::*;
use crate::sync_config::mapping_rule::MappingRule;
use crate::sync_record::fixtures::{World, direct, fields, one_way, rule};
use crate::sync_record::resolution::{Policy, settle};
use crate::value::Direction;
use serde_json::json;

fn push(world: &World, units: &[&str], mode: UpdateMode) -> Value {
    let settlement = Settlement::push_only(units.iter().map(|unit| (*unit).to_owned()));
    Value::Object(update_body(&world.rules(), &world.sides(), &settlement, mode).unwrap())
}

fn pull(world: &World, units: &[&str]) -> LocalChange {
    let settlement = Settlement::pull_only(units.iter().map(|unit| (*unit).to_owned()));
    local_change(&world.rules(), &world.sides(), &settlement).unwrap()
}

fn settled(world: &World) -> Settlement {
    settle(&world.difference(), &Policy::default(), None, None)
}

#[test]
fn a_create_carries_every_outbound_rule_and_no_other() {
    let rules = vec![
        direct("number", "DocNumber"),
        one_way(Direction::Inbound, direct("status", "Status")),
        MappingRule { default: Some(json!("EUR")), ..direct("currency", "CurrencyRef.value") },
        rule("", "Source", json!({"constant": {"value": "headwater"}})),
        rule("total", "TotalAmt", json!("direct")),
        direct("memo", "Memo"),
    ];
    let world = World::new(rules);
    let body = create_body(
        &world.rules(),
        &fields(json!({"number": 7, "status": "x", "total": "12.50", "memo": null})),
    );
    let expected =
        json!({"DocNumber": 7, "CurrencyRef": {"value": "EUR"}, "Source": "headwater", "TotalAmt": 12.5});
    let body = Value::Object(body.unwrap());
    assert_eq!(body["TotalAmt"].to_string(), "12.50");
    assert_eq!(
        crate::sync_record::canonical::canonical(&body, &crate::catalogue::FieldType::Any),
        crate::sync_record::canonical::canonical(&expected, &crate::catalogue::FieldType::Any)
    );
}

#[test]
fn all_problems_are_reported_together_and_name_no_value() {
    let rules = vec![
        MappingRule { required: true, ..direct("number", "DocNumber") },
        direct("memo", "TotalAmt"),
        rule("status", "Status", json!({"lookup": {"table": "status"}})),
        rule("date", "TxnDate", json!({"format": {"date": {"remote": "DD/MM/YYYY"}}})),
    ];
    let world = World::new(rules);
    let record = fields(json!({"memo": "secret text", "status": "sent", "date": "soon"}));
    let Err(MapFailure::Problems(problems)) = create_body(&world.rules(), &record) else {
        panic!("accepted")
    };
    let said: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(said, ["number", "memo", "status", "date"]);
    let text = MapFailure::Problems(problems).to_string();
    assert!(!text.contains("secret"), "{text}");
    assert!(text.starts_with("4 fields of the record cannot be mapped: number: it is required"), "{text}");
}

#[test]
fn a_reference_that_is_not_linked_makes_the_record_wait() {
    let reference = |local: &str, remote: &str, entity: &str| {
        rule(local, remote, json!({"reference": {"entity": entity}}))
    };
    let rules = || {
        vec![
            reference("customer", "CustomerRef.value", "customer"),
            direct("lines[*].amount", "Line[*].Amount"),
            reference("lines[*].product", "Line[*].ItemRef.value", "product"),
        ]
    };
    let record = json!({"customer": "c1", "lines": [{"amount": "1", "product": "p1"}, {"amount": "2", "product": "p2"}]});
    let world = World::new(rules()).linked("product", "p1", "91");
    let failure = create_body(&world.rules(), &fields(record.clone())).unwrap_err();
    assert_eq!(failure, MapFailure::Missing(vec![Need::new("customer", "c1"), Need::new("product", "p2")]));

    let world = world.linked("customer", "c1", "58").linked("product", "p2", "92");
    let body = create_body(&world.rules(), &fields(record.clone())).unwrap();
    assert_eq!(body["CustomerRef"], json!({"value": "58"}));
    assert_eq!(body["Line"][1], json!({"Amount": 2, "ItemRef": {"value": "92"}}));
    let back = new_local(&world.rules(), &body).unwrap();
    assert_eq!(back["customer"], json!("c1"));
    assert_eq!(back["lines"][0], json!({"amount": 1, "product": "p1"}));
}

#[test]
fn an_update_is_the_observed_record_with_the_changes_whole_or_sparse() {
    let rules = vec![direct("number", "DocNumber"), direct("memo", "Memo.Text"), direct("status", "Status")];
    let mut world = World::new(rules).in_step(
        json!({"number": "1", "memo": "a", "status": "s"}),
        json!({"Id": "9", "DocNumber": "1", "Memo": {"Text": "a", "Lang": "en"}, "Status": "s", "Other": [1]}),
    );
    world.edit_local("memo", json!("b"));
    world.local.remove("status");
    assert_eq!(settled(&world).push, ["memo", "status"]);
    assert_eq!(
        push(&world, &["memo", "status"], UpdateMode::Full),
        json!({"Id": "9", "DocNumber": "1", "Memo": {"Text": "b", "Lang": "en"}, "Other": [1]})
    );
    assert_eq!(
        push(&world, &["memo", "status"], UpdateMode::Sparse),
        json!({"Memo": {"Text": "b", "Lang": "en"}, "Status": null})
    );
}

#[test]
fn a_pull_sets_whole_top_level_fields_and_clears_what_is_gone() {
    let rules =
        vec![direct("billing_address.city", "Addr.City"), direct("memo", "Memo"), direct("status", "Status")];
    let mut world = World::new(rules).in_step(
        json!({"billing_address": {"city": "Rome", "line1": "x"}, "memo": "a", "status": "s"}),
        json!({"Addr": {"City": "Rome"}, "Memo": "a", "Status": "s"}),
    );
    world.edit_remote("Addr.City", json!("Oslo"));
    world.remote.as_mut().unwrap().remove("Memo");
    let change = pull(&world, &["billing_address.city", "memo"]);
    assert_eq!(change.set, fields(json!({"billing_address": {"city": "Oslo", "line1": "x"}})));
    assert_eq!(change.cleared, ["memo"]);
    assert!(pull(&world, &["status"]).is_empty());
}

#[test]
fn a_side_that_wins_restores_what_the_other_had_and_invents_nothing() {
    let lookup = json!({"lookup": {"table": "status", "inverse": {"Open": "sent"}}});
    let mut world = World::new(vec![rule("status", "Status", lookup), direct("memo", "Memo")])
        .table("status", &[("draft", "Open"), ("sent", "Open"), ("paid", "Closed")])
        .in_step(json!({"status": "draft", "memo": "a"}), json!({"Status": "Open", "Memo": "A normalised"}));
    world.edit_local("status", json!("paid"));
    assert_eq!(pull(&world, &["status"]).set, fields(json!({"status": "draft"})));
    world.edit_remote("Memo", json!("other"));
    assert_eq!(push(&world, &["memo"], UpdateMode::Sparse), json!({"Memo": "A normalised"}));
}

fn lines() -> Vec<MappingRule> {
    vec![
        direct("lines[*].description", "Line[*].Description"),
        direct("lines[*].amount", "Line[*].Amount"),
        rule("", "Line[*].DetailType", json!({"constant": {"value": "Sales"}})),
        rule(
            "",
            "Line[*].Total",
            json!({"compute": {"expression": "has(item.quantity) ? dec.mul(item.quantity, item.amount) : item.amount"}}),
        ),
    ]
}

fn invoice() -> World {
    World::new(lines()).in_step(
        json!({"lines": [
            {"line_id": "1", "description": "a", "amount": "1", "quantity": 2, "colour": "red"},
            {"line_id": "2", "description": "b", "amount": "2", "quantity": 1}
        ]}),
        json!({"Line": [
            {"Id": "10", "Description": "a", "Amount": 1, "DetailType": "Sales", "Total": "2", "Tax": "TAX"},
            {"Id": "20", "Description": "b", "Amount": 2, "DetailType": "Sales", "Total": "2"},
            {"Amount": 3, "DetailType": "SubTotalLineDetail"}
        ]}),
    )
}

#[test]
fn lines_keep_their_ids_and_unmapped_fields_and_computed_lines_stay_out() {
    let mut world = invoice();
    world.local["lines"] = json!([
        {"line_id": "3", "description": "new", "amount": "7", "quantity": 1},
        {"line_id": "1", "description": "a", "amount": "5", "quantity": 2, "colour": "red"}
    ]);
    let body = push(&world, &["lines[*]"], UpdateMode::Sparse);
    assert_eq!(
        body,
        json!({"Line": [
            {"Description": "new", "Amount": 7, "DetailType": "Sales", "Total": "7"},
            {"Id": "10", "Description": "a", "Amount": 5, "DetailType": "Sales", "Total": "10", "Tax": "TAX"}
        ]})
    );
    let other = push(&world, &[], UpdateMode::Full);
    assert_eq!(other["Line"].as_array().unwrap().len(), 2);
}

#[test]
fn new_remote_lines_get_a_key_of_ours_and_ours_keep_what_is_not_mapped() {
    let mut world = invoice();
    world.edit_remote("Line[0].Amount", json!(5));
    world.edit_remote("Line[1]", json!({"Id": "30", "Description": "n", "Amount": 9}));
    world.round(Policy::default());
    assert_eq!(
        world.local["lines"],
        json!([
            {"line_id": "1", "description": "a", "amount": 5, "quantity": 2, "colour": "red"},
            {"line_id": "r30", "description": "n", "amount": 9}
        ])
    );
    assert!(world.difference().is_quiet());
}

#[test]
fn lines_changed_on_both_sides_end_up_the_same_on_both() {
    let mut world = invoice();
    world.edit_local("lines[0].amount", json!("5"));
    world
        .edit_local("lines[2]", json!({"line_id": "3", "description": "ours", "amount": "3", "quantity": 1}));
    world.edit_remote("Line[1].Description", json!("B"));
    let remote = world.remote.as_mut().unwrap();
    remote["Line"].as_array_mut().unwrap().push(json!({"Id": "40", "Description": "theirs", "Amount": 4}));
    let round = world.round(Policy::default());
    assert_eq!((round.push.len(), round.pull.len()), (1, 1));
    let descriptions: Vec<&str> = world.local["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["description"].as_str().unwrap())
        .collect();
    assert_eq!(descriptions, ["a", "B", "ours", "theirs"]);
    let remote = world.remote.as_ref().unwrap()["Line"].as_array().unwrap();
    let ids: Vec<Option<&str>> = remote.iter().map(|line| line["Id"].as_str()).collect();
    assert_eq!(ids, [Some("10"), Some("20"), None, Some("40")]);
    assert_eq!(remote[0]["Amount"], json!(5));
    assert_eq!(remote[1]["Description"], json!("B"));
    assert!(world.round(Policy::default()).quiet());
}

#[test]
fn a_line_deleted_on_one_side_goes_on_the_other_unless_it_was_changed_there() {
    let mut world = invoice();
    world.local["lines"].as_array_mut().unwrap().remove(0);
    world.edit_remote("Line[1].Description", json!("B"));
    world.round(Policy::default());
    assert_eq!(world.local["lines"].as_array().unwrap().len(), 1);
    assert_eq!(world.local["lines"][0]["description"], json!("B"));
    assert_eq!(world.remote.as_ref().unwrap()["Line"].as_array().unwrap().len(), 1);

    let mut world = invoice();
    world.local["lines"].as_array_mut().unwrap().remove(0);
    world.edit_remote("Line[0].Description", json!("A"));
    assert_eq!(world.difference().having(super::super::difference::Change::Collision).count(), 1);
}

#[test]
fn pairs_survive_a_provider_that_reorders_lines() {
    let mut world = invoice();
    for remote in [&mut world.remote, &mut world.remote_base] {
        remote.as_mut().unwrap()["Line"].as_array_mut().unwrap().swap(0, 1);
    }
    world.edit_local("lines[0].amount", json!("5"));
    let body = push(&world, &["lines[*]"], UpdateMode::Sparse);
    assert_eq!((&body["Line"][0]["Id"], &body["Line"][1]["Id"]), (&json!("10"), &json!("20")));
}

#[test]
fn after_a_confirmed_write_only_what_we_did_not_send_is_still_to_come() {
    let rules = vec![direct("number", "DocNumber"), direct("memo", "Memo"), direct("status", "Status")];
    let mut world = World::new(rules).in_step(
        json!({"number": "1", "memo": "a", "status": "open"}),
        json!({"DocNumber": "1", "Memo": "a", "Status": "open"}),
    );
    world.stores = |mut body| {
        body.insert("Memo".into(), json!("a b, cut"));
        body.insert("Status".into(), json!("checked"));
        body
    };
    world.edit_local("memo", json!("a b, cut short"));
    assert_eq!(world.round(Policy::default()).push, ["memo"]);
    world.stores = |body| body;
    assert_eq!(world.round(Policy::default()).pull, ["status"]);
    assert_eq!(world.local["memo"], json!("a b, cut short"));
    assert!(world.round(Policy::default()).quiet());
}

#[test]
fn inbound_first_records_are_made_of_every_inbound_rule() {
    let rules = vec![
        direct("number", "DocNumber"),
        one_way(Direction::Outbound, direct("memo", "Memo")),
        MappingRule {
            default: Some(json!("imported")),
            ..one_way(Direction::Inbound, direct("status", "Status"))
        },
        rule("", "Source", json!({"constant": {"value": "x"}})),
        direct("lines[*].amount", "Line[*].Amount"),
    ];
    let world = World::new(rules);
    let remote = json!({"DocNumber": "1", "Memo": "m", "Line": [{"Id": 5, "Amount": 1.10}, {"DetailType": "SubTotalLineDetail"}]});
    let local = new_local(&world.rules(), &fields(remote)).unwrap();
    assert_eq!(
        Value::Object(local).to_string(),
        r#"{"lines":[{"amount":1.1,"line_id":"r5"}],"number":"1","status":"imported"}"#
    );
}
