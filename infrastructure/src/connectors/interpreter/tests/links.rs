//! Links between records: made with a record, never changed by an update; and records that answer under another id.

use domain::value::Operation;

use super::rig::{Rig, create, json, write};

const LINKED: &str = r#"
[entities.contacts]
local_entity = "customer"
id = "id"
write_class = "d"
[entities.contacts.fields]
id = "text"
company = "text"
email = "text"
[entities.contacts.read]
request = { path = "/contacts/{id}" }
same_id = true
[entities.contacts.list]
request = { method = "POST", path = "/contacts/search", body = { properties = "{fields}", of = "of {fields}" } }
items = "results"
pages = { kind = "whole", size = 100 }
[entities.contacts.create]
moved = { "links.company" = "company" }
under = "properties"
[entities.contacts.create.request]
method = "POST"
path = "/contacts"
[entities.contacts.create.request.body]
properties = "{record.properties}"
associations = [{ to = { id = "{record.links.company}" }, kind = 1 }, { kind = 2 }]
[entities.contacts.update]
request = { method = "PATCH", path = "/contacts/{id}" }
sparse = true
fixed = ["company"]
"#;

#[tokio::test]
async fn a_member_may_be_sent_elsewhere_and_an_element_that_says_nothing_is_left_out() {
    let rig = Rig::new(LINKED, vec![json(r#"{"id":"7"}"#), json(r#"{"id":"8"}"#)]).await;
    let made = [create(r#"{"email":"a@b.c","company":"77"}"#)];
    assert_eq!(rig.write("contacts", &made).await, ["confirmed 7"]);
    let links = serde_json::json!([{"to": {"id": "77"}, "kind": 1}, {"kind": 2}]);
    let sent = serde_json::json!({"properties": {"email": "a@b.c"}, "associations": links});
    assert_eq!(rig.body(0), sent);
    assert_eq!(rig.write("contacts", &[create(r#"{"email":"a@b.c"}"#)]).await, ["confirmed 8"]);
    let sent = serde_json::json!({"properties": {"email": "a@b.c"}, "associations": [{"kind": 2}]});
    assert_eq!(rig.body(1), sent);
}

#[tokio::test]
async fn what_an_update_cannot_change_is_refused_before_it_is_sent() {
    let rig = Rig::new(LINKED, vec![json(r#"{"id":"7"}"#)]).await;
    let update = |body: &str| [write(Operation::Update, Some("7"), body)];
    let refused = rig.write("contacts", &update(r#"{"company":"78","email":"a@b.c"}"#)).await;
    let said = "refused validation: `company` is not changed by an update at this provider: change it there";
    assert_eq!(refused, [said]);
    let sent = rig.write("contacts", &update(r#"{"email":"a@b.c"}"#)).await;
    assert_eq!((sent, rig.server.lines().len()), (vec!["confirmed 7".to_owned()], 1));
}

#[tokio::test]
async fn a_record_that_answers_under_another_id_is_another_record() {
    let rig = Rig::new(LINKED, vec![json(r#"{"id":"8"}"#), json(r#"{"id":"7"}"#)]).await;
    assert!(rig.connection.read("contacts", "7").await.unwrap().is_none());
    assert!(rig.connection.read("contacts", "7").await.unwrap().is_some());
}

#[tokio::test]
async fn the_fields_alone_in_a_body_are_an_array() {
    let rig = Rig::new(LINKED, vec![json(r#"{"results":[]}"#)]).await;
    assert!(rig.all("contacts").await.unwrap().is_empty());
    let sent = serde_json::json!({"properties": ["company", "email", "id"], "of": "of company,email,id"});
    assert_eq!(rig.body(0), sent);
}
