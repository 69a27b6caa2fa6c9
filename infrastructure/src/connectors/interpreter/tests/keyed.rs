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
Lines = "array"
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
