use application::ports::connector::{Find, ReadMode};
use domain::value::Operation;

use super::rig::{Rig, create, json, write};
use crate::http::canned::Play;

/// A provider whose lists show ids and times, whose records are found by our reference in their address, and which merges
/// arrays unless told otherwise.
const NAMES: &str = r#"
[limits]
calls = 10
per_s = 1
concurrency = 1

[entities.order]
local_entity = "order"
id = "id"
updated_at = "changed"
write_class = "a"
reference = { field = "external", max_length = 50 }
fields = { name = "text", external = { type = "text", as = "prefixed", key = "hw/" } }
read = { request = { path = "/orders/{id}" } }
[entities.order.list]
request = { path = "/changed", query = { since = "{since}", after = "{last_id}", n = "{limit}" } }
items = "rows"
pages = { kind = "keyset", size = 2, first_id = "0" }
event = { id = "ref", at = "at" }
[entities.order.changes]
request = { path = "/changed", query = { since = "{since}", after = "{last_id}", n = "{limit}" } }
items = "rows"
pages = { kind = "keyset", size = 2, first_id = "0" }
event = { id = "ref", at = "at" }
overlap_s = 60
[entities.order.discover]
request = { path = "/schema" }
items = "properties"
label = "title"
type = "type"
types = { string = "text" }
only = { field = "custom", equals = true }
[entities.order.find.reference]
request = { path = "/orders/eid:{value}", empty_when = [{ status = ["404"] }] }
[entities.order.create]
request = { method = "PUT", path = "/orders/eid:{reference}" }
upsert = true
optional_defaults = { "branch.id" = "{setting.branch}", desks = { items = [{ id = "{setting.desk}" }] } }
[entities.order.update]
request = { method = "PATCH", path = "/orders/{id}", query = { lang = "en" } }
replaces = { parameter = "replace", members = ["lines", "parts"] }
"#;

fn order(id: u32, changed: &str) -> Play {
    json(&format!(r#"{{"id":"{id}","changed":"{changed}"}}"#))
}

#[tokio::test]
async fn a_list_of_names_is_read_by_key_and_each_record_by_its_id() {
    let (early, late) = ("2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z");
    let row = |id: u32, at: &str| format!(r#"{{"ref":{id},"at":"{at}"}}"#);
    let page = |rows: &[String]| json(&format!(r#"{{"rows":[{}]}}"#, rows.join(",")));
    let plays = vec![
        page(&[row(1, early), row(2, early)]),
        order(1, early),
        order(2, early),
        page(&[row(3, early), row(4, late)]),
        order(3, early),
        Play::json(404, "{}"),
        page(&[]),
        page(&[row(3, late)]),
        order(3, late),
    ];
    let manifest = format!("[[errors]]\nstatus = [\"404\"]\nclass = \"not_found\"\n{NAMES}");
    let rig = Rig::new(&manifest, plays).await;
    let (all, resume) = rig.read("order", ReadMode::Full, None).await.unwrap();
    assert_eq!(all, ["1", "2", "3", "4 deleted"]);
    let (changed, _) = rig.read("order", ReadMode::Incremental, resume).await.unwrap();
    assert_eq!(changed, ["3"]);
    let lines = rig.server.lines();
    let asked: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| line.contains("/changed")).collect();
    assert_eq!(
        asked,
        [
            "GET /api/changed?after=0&n=2&since=1970-01-01T00%3A00%3A00Z",
            "GET /api/changed?after=2&n=2&since=2026-01-01T00%3A00%3A01Z",
            "GET /api/changed?after=4&n=2&since=2026-01-01T00%3A00%3A02Z",
            "GET /api/changed?after=0&n=2&since=2025-12-31T23%3A59%3A02Z",
        ]
    );
    assert_eq!(rig.bench.limiter.taken.lock().unwrap().len(), 5, "every record that is read is counted");
}

#[tokio::test]
async fn a_record_with_our_reference_in_its_address_is_found_there() {
    let rig = Rig::new(NAMES, vec![order(7, "2026-01-01T00:00:01Z"), Play::json(404, "{}")]).await;
    let find = Find::Reference("hw/1".to_owned());
    let found = rig.connection.find("order", &find).await.unwrap();
    assert_eq!(found.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["7"]);
    assert!(rig.connection.find("order", &find).await.unwrap().is_empty());
    assert_eq!(rig.server.lines()[0], "GET /api/orders/eid:hw%2F1");
}

#[tokio::test]
async fn a_default_that_nothing_fills_is_left_out() {
    let rig = Rig::with(NAMES, vec![order(1, "x"), order(2, "x")], |target| {
        target.settings.insert("desk".to_owned(), "7".into());
    });
    let rig = rig.await;
    rig.write("order", &[create(r#"{"name":"x"}"#)]).await;
    rig.write("order", &[create(r#"{"desks":{"items":[]}}"#)]).await;
    assert_eq!(
        rig.body(0),
        serde_json::json!({"name": "x", "external": "hw/hw-1", "desks": {"items": [{"id": "7"}]}})
    );
    assert_eq!(rig.body(1), serde_json::json!({"external": "hw/hw-1", "desks": {"items": []}}));
}

#[tokio::test]
async fn arrays_that_replace_the_providers_are_named() {
    let rig = Rig::new(NAMES, vec![order(1, "x"), order(1, "x")]).await;
    let update = |body: &str| write(Operation::Update, Some("1"), body);
    rig.write("order", &[update(r#"{"name":"x","parts":null}"#)]).await;
    rig.write("order", &[update(r#"{"parts":[],"lines":{"items":[]}}"#)]).await;
    let lines = rig.server.lines();
    assert_eq!(lines, ["PATCH /api/orders/1?lang=en", "PATCH /api/orders/1?lang=en&replace=lines%2Cparts"]);
}

#[tokio::test]
async fn fields_that_are_members_of_an_object_are_found_out_under_their_names() {
    let schema = r#"{"properties":{"name":{"type":"string","custom":true},"tier":{"type":"string","title":"Tier","custom":true},"id":{"type":"string"}}}"#;
    let rig = Rig::new(NAMES, vec![json(schema)]).await;
    let found = rig.connection.discover("order").await.unwrap();
    let shown: Vec<_> =
        found.iter().map(|field| format!("{} {} {}", field.path, field.title, field.kind)).collect();
    assert_eq!(shown, ["tier Tier text"]);
}

#[tokio::test]
async fn a_reference_behind_a_prefix_is_ours_and_any_other_is_somebody_elses() {
    let order = |external: &str| json(&format!(r#"{{"id":"1","external":"{external}"}}"#));
    let rig = Rig::new(NAMES, vec![order("hw/C-1"), order("C-1")]).await;
    for wanted in [serde_json::json!("C-1"), serde_json::Value::Null] {
        let record = rig.connection.read("order", "1").await.unwrap().unwrap();
        assert_eq!(record.fields()["external"], wanted);
    }
}
