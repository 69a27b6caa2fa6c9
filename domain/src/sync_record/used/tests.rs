use super::*;
use crate::sync_record::fixtures::{World, direct, fields, rule};
use serde_json::json;

#[test]
fn lookups_and_references_say_what_they_answered() {
    let reference = |entity: &str| json!({"reference": {"entity": entity}});
    let rules = vec![
        rule("status", "Status", json!({"lookup": {"table": "status"}})),
        rule("customer", "CustomerRef.value", reference("customer")),
        rule("lines[*].product", "Line[*].ItemRef.value", reference("product")),
        direct("memo", "Memo"),
    ];
    let world = World::new(rules)
        .table("status", &[("sent", "Open")])
        .linked("customer", "c1", "58")
        .linked("product", "p1", "91");
    let local = fields(
        json!({"status": "sent", "customer": "c1", "memo": "x", "lines": [{"product": "p1"}, {"product": "p2"}, {"product": "p1"}, {}]}),
    );
    let expected = json!({
        "status": {"sent": "Open"},
        "customer": {"c1": "58"},
        "lines[*].product": {"p1": "91"}
    });
    assert_eq!(used_outbound(&world.rules(), &local), fields(expected));
    assert_eq!(
        used_outbound(&world.rules(), &fields(json!({"memo": "x", "status": "unknown"}))),
        Fields::new()
    );
}
