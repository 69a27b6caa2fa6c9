use application::ports::connector::ReadMode;
use domain::value::Operation;
use serde_json::{Value, json};

use super::rig::{Rig, json as answer, write};

const CONTACTS: &str = r#"
[entities.contact]
local_entity = "customer"
id = "id"
write_class = "d"
cleared = "empty"
[entities.contact.fields]
id = "text"
Phones = { type = "object", as = "keyed", key = "Type" }
"Phones.MOBILE.Number" = "text"
Party = { type = "object", as = "tagged", key = "type" }
"Party.Vendor.value" = "text"
Lines = "array"
Rows = "array"
"Rows[*]" = { type = "object", as = "detailed", key = "Kind" }
"Rows[*].Detail.Qty" = "integer"
[entities.contact.list]
request = { path = "/contacts" }
items = "all"
pages = { kind = "whole", size = 10 }
[entities.contact.update]
request = { method = "POST", path = "/contacts/{id}" }
omit = ["Lines[*].Tax", "Lines[*].Total", "Total"]
sparse = true
"#;

async fn read(all: Value) -> Value {
    let rig = Rig::new(CONTACTS, vec![answer(&json!({ "all": [all] }).to_string())]).await;
    let page = rig.connection.read_page("contact", ReadMode::Full, None).await.unwrap();
    Value::Object(page.records[0].fields())
}

#[tokio::test]
async fn elements_are_known_by_what_tells_them_apart() {
    let phones = json!([{"Type": "MOBILE", "Number": "1"}, {"Type": "FAX", "Number": ""}]);
    let record = read(json!({"id": "a", "Phones": phones})).await;
    assert_eq!(record["Phones"], json!({"MOBILE": {"Number": "1"}, "FAX": {"Number": ""}}));
}

#[tokio::test]
async fn elements_that_cannot_be_told_apart_stay_an_array() {
    for phones in [
        json!([{"Type": "MOBILE", "Number": "1"}, {"Type": "MOBILE", "Number": "2"}]),
        json!([{"Number": "1"}]),
        json!(["1"]),
    ] {
        assert_eq!(read(json!({"id": "a", "Phones": phones})).await["Phones"], phones);
    }
}

#[tokio::test]
async fn they_are_sent_as_an_array_again_and_what_is_worked_out_is_left_out() {
    let rig = Rig::new(CONTACTS, vec![answer(r#"{"id":"a"}"#)]).await;
    let body = r#"{"Phones":{"FAX":{"Number":null},"GONE":null,"MOBILE":{"Number":"1"}},"Total":9,
        "Lines":[{"Amount":1,"Tax":2,"Total":3},{"Amount":4}]}"#;
    let said = rig.write("contact", &[write(Operation::Update, Some("a"), body)]).await;
    assert_eq!(said.len(), 1, "{said:?}");
    let wanted = json!({
        "Phones": [{"Number": "", "Type": "FAX"}, {"Number": "1", "Type": "MOBILE"}],
        "Lines": [{"Amount": 1}, {"Amount": 4}],
    });
    assert_eq!(rig.body(0), wanted);
}

#[tokio::test]
async fn an_object_of_several_kinds_is_known_by_its_kind() {
    let record = read(json!({"id": "a", "Party": {"type": "Vendor", "value": "7", "name": "Acme"}})).await;
    assert_eq!(record["Party"], json!({"Vendor": {"value": "7", "name": "Acme"}}));
    for party in [json!({"value": "7"}), json!("7"), json!({"type": 1})] {
        assert_eq!(read(json!({"id": "a", "Party": party})).await["Party"], party);
    }
}

#[tokio::test]
async fn it_is_sent_with_its_kind_and_never_with_two() {
    for (given, sent) in [
        (json!({"Vendor": {"value": "7"}}), json!({"type": "Vendor", "value": "7"})),
        (
            json!({"Vendor": {"value": "7"}, "Customer": {"value": null}}),
            json!({"type": "Vendor", "value": "7"}),
        ),
        (json!({"Vendor": {"value": null}}), json!("")),
    ] {
        let rig = Rig::new(CONTACTS, vec![answer(r#"{"id":"a"}"#)]).await;
        let body = json!({ "Party": given }).to_string();
        rig.write("contact", &[write(Operation::Update, Some("a"), &body)]).await;
        assert_eq!(rig.body(0)["Party"], sent, "{given}");
    }
    let rig = Rig::new(CONTACTS, Vec::new()).await;
    let two = r#"{"Party":{"Vendor":{"value":"7"},"Customer":{"value":"8"}}}"#;
    let said = rig.write("contact", &[write(Operation::Update, Some("a"), two)]).await;
    assert!(format!("{said:?}").contains("not both"), "{said:?}");
}

#[tokio::test]
async fn what_an_object_names_is_its_detail_and_gets_its_name_back() {
    let rows = json!([{"Kind": "ByItem", "ByItem": {"Qty": 1}}, {"Kind": "Text"}, {"Detail": 1, "Kind": "X", "X": {}}]);
    let plain = json!([{"Kind": "ByItem", "Detail": {"Qty": 1}}, {"Kind": "Text"}, {"Detail": 1, "Kind": "X", "X": {}}]);
    assert_eq!(read(json!({"id": "a", "Rows": rows})).await["Rows"], plain);
    let rig = Rig::new(CONTACTS, vec![answer(r#"{"id":"a"}"#)]).await;
    let body = json!({"Rows": [
        {"Kind": "ByName", "Detail": {"Name": "x", "Qty": null, "Ref": {"value": null}}},
        {"Kind": "Text"}, {"Detail": {"Qty": null}},
    ]});
    rig.write("contact", &[write(Operation::Update, Some("a"), &body.to_string())]).await;
    let sent = json!([{"Kind": "ByName", "ByName": {"Name": "x"}}, {"Kind": "Text"}, {}]);
    assert_eq!(rig.body(0)["Rows"], sent);
    let rig = Rig::new(CONTACTS, Vec::new()).await;
    let said = rig
        .write("contact", &[write(Operation::Update, Some("a"), r#"{"Rows":[{"Detail":{"Qty":1}}]}"#)])
        .await;
    assert!(format!("{said:?}").contains("says nothing"), "{said:?}");
}
