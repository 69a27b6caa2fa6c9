use domain::value::Operation;

use super::rig::{Rig, create, json, write};
use crate::http::canned::Play;

const STRIPE: &str = r#"
encoding = "form"
[headers]
Stripe-Version = "{version}"
[version]
current = "2026-08-26.dahlia"
[minor_units]
ISK = 2
[entities.invoice]
local_entity = "invoice"
id = "id"
write_class = "a"
key_lifetime_s = 86400
cleared = "empty"
reference = { field = "metadata.headwater_id", max_length = 500 }
find = { reference = { request = { path = "/search", statement = { parameter = "query", language = "stripe", text = "metadata['headwater_id']:{value}" } }, items = "data" } }
[entities.invoice.fields]
id = "text"
amount = { type = "money", as = "minor_units", currency = "currency" }
currency = { type = "text", as = "upper" }
due = { type = "date", as = "epoch" }
lines = "array"
"lines[*].amount" = { type = "money", as = "minor_units", currency = "currency" }
"metadata.headwater_id" = "text"
[entities.invoice.create]
request = { method = "POST", path = "/invoices", headers = { Idempotency-Key = "{key}" } }
set = { auto_advance = false }
[entities.invoice.update]
request = { method = "POST", path = "/invoices/{id}", headers = { Idempotency-Key = "{key}" } }
sparse = true
"#;

#[tokio::test]
async fn forms_carry_brackets_minor_units_and_empty_values_and_answers_come_back_plain() {
    let answer = r#"{"id":"in_1","amount":105,"currency":"jpy","due":1767312000,"lines":[{"amount":5}]}"#;
    let rig = Rig::new(STRIPE, vec![json(answer), json(answer)]).await;
    let body = r#"{"amount":10.5,"currency":"USD","due":"2026-01-02","lines":[{"amount":"1.00","name":"A & B"}],"note":null}"#;
    assert_eq!(rig.write("invoice", &[create(body)]).await, ["confirmed in_1"]);
    let (head, sent) = rig.asked(0);
    assert!(
        head.contains("application/x-www-form-urlencoded") && head.contains("2026-08-26.dahlia"),
        "{head}"
    );
    let mut pairs: Vec<&str> = sent.split('&').collect();
    pairs.sort_unstable();
    let wanted = [
        "amount=1050",
        "auto_advance=false",
        "currency=usd",
        "due=1767312000",
        "lines[0][amount]=100",
        "lines[0][name]=A%20%26%20B",
        "metadata[headwater_id]=hw-1",
    ];
    assert_eq!(pairs, wanted);
    let update = write(Operation::Update, Some("in_1"), r#"{"note":null,"lines":[]}"#);
    rig.write("invoice", &[update]).await;
    let cleared = rig.asked(1).1;
    assert!(cleared == "note=&lines=" || cleared == "lines=&note=", "{cleared}");
    let read = rig.connection.prepare("invoice", &[create(r#"{"amount":"1.005","currency":"USD"}"#)]).1;
    assert!(read[0].1.message.contains("`amount`: USD has 2 decimal places"), "{}", read[0].1.message);
}

#[tokio::test]
async fn what_is_read_is_plain_for_every_currency() {
    let read = format!("{STRIPE}\n[entities.invoice.read]\nrequest = {{ path = \"/i/{{id}}\" }}\n");
    for (code, minor, plain) in
        [("jpy", "105", "105"), ("usd", "-5", "-0.05"), ("kwd", "1230", "1.230"), ("isk", "100", "1.00")]
    {
        let answer = format!(r#"{{"id":"1","amount":{minor},"currency":"{code}","due":1767312000}}"#);
        let rig = Rig::new(&read, vec![json(&answer)]).await;
        let record = rig.connection.read("invoice", "1").await.unwrap().unwrap();
        let fields = record.fields();
        assert_eq!(fields["amount"].to_string(), plain, "{code}");
        assert_eq!(
            (fields["currency"].as_str(), fields["due"].as_str()),
            (Some(&*code.to_uppercase()), Some("2026-01-02"))
        );
    }
}

const WRAPPED: &str = r#"
[answers]
message = ["Message"]
details = { items = "Elements[0].ValidationErrors", message = "Message" }
[entities.Contact]
local_entity = "customer"
id = "ContactID"
version_token = "UpdatedDateUTC"
updated_at = "UpdatedDateUTC"
write_class = "d"
[entities.Contact.fields]
ContactID = "text"
Name = "text"
Date = { type = "date", as = "ms_date" }
UpdatedDateUTC = { type = "date_time", as = "ms_date" }
[entities.Contact.read]
request = { path = "/Contacts/{id}" }
record = "Contacts[0]"
[entities.Contact.create]
request = { method = "PUT", path = "/Contacts", body = { Contacts = ["{record}"] } }
record = "Contacts[0]"
[entities.Contact.update]
request = { method = "POST", path = "/Contacts/{id}", body = { Contacts = ["{record}"] }, headers = { If-Unmodified-Since = "{version_token:http_date}" } }
record = "Contacts[0]"
guard = true
[entities.Contact.create.batch]
request = { method = "PUT", path = "/Contacts", query = { summarizeErrors = "false" } }
max = 50
items = "Contacts"
answers = "Contacts"
failed = { field = "StatusAttributeString", equals = "ERROR" }
message = "ValidationErrors[0].Message"
"#;

#[tokio::test]
async fn records_are_wrapped_and_a_stale_one_is_not_sent() {
    let now =
        r#"{"Contacts":[{"ContactID":"1","Name":"Ada","UpdatedDateUTC":"/Date(1767312000000+0000)/"}]}"#;
    let rig = Rig::new(WRAPPED, vec![json(now), json(now), json(now), json(now)]).await;
    let outcomes = rig.write("Contact", &[create(r#"{"Name":"Ada","Date":"2026-01-02"}"#)]).await;
    assert_eq!(outcomes, ["confirmed 1@2026-01-02T00:00:00Z"]);
    assert_eq!(rig.body(0), serde_json::json!({ "Contacts": [{ "Name": "Ada", "Date": "2026-01-02" }] }));
    let mut update = write(Operation::Update, Some("1"), r#"{"Name":"Bea"}"#);
    let blind = rig.write("Contact", &[update.clone()]).await;
    assert!(blind[0].starts_with("refused stale_version"), "{blind:?}");
    update.version_token = Some("2025-01-01T00:00:00Z".to_owned());
    let stale = rig.write("Contact", &[update.clone()]).await;
    assert!(stale[0].starts_with("rejected stale_version"), "{stale:?}");
    update.version_token = Some("2026-01-02T00:00:00Z".to_owned());
    assert_eq!(rig.write("Contact", &[update]).await, ["confirmed 1@2026-01-02T00:00:00Z"]);
    let lines = rig.server.lines();
    assert_eq!(lines[1..], ["GET /api/Contacts/1", "GET /api/Contacts/1", "POST /api/Contacts/1"]);
    assert!(rig.asked(3).0.contains("Fri, 02 Jan 2026 00:00:00 GMT"));
}

#[tokio::test]
async fn items_of_a_batch_have_outcomes_by_their_position() {
    let answer = r#"{"Contacts":[{"ContactID":"1","StatusAttributeString":"OK"},{"StatusAttributeString":"ERROR","ValidationErrors":[{"Message":"Name is taken"}]}]}"#;
    let short = r#"{"Contacts":[{"ContactID":"1"}]}"#;
    let rig = Rig::new(WRAPPED, vec![json(answer), json(short)]).await;
    let two = [create(r#"{"Name":"A"}"#), create(r#"{"Name":"B"}"#)];
    let outcomes = rig.write("Contact", &two).await;
    assert_eq!(outcomes, ["confirmed 1", "rejected validation: Name is taken"]);
    let outcomes = rig.write("Contact", &two).await;
    assert!(outcomes.iter().all(|outcome| outcome.starts_with("unknown")), "{outcomes:?}");
}

const HUB: &str = r#"
[answers]
code = "category"
message = "message"
[entities.contacts]
local_entity = "customer"
id = "id"
write_class = "d"
cleared = "empty"
fields_prefix = "properties."
[entities.contacts.fields]
id = "text"
"properties.email" = "text"
"properties.amount" = { type = "decimal", as = "text" }
[entities.contacts.read]
request = { path = "/contacts/{id}", query = { properties = "{fields}" } }
[entities.contacts.create]
request = { method = "POST", path = "/contacts" }
[entities.contacts.create.batch]
request = { method = "POST", path = "/contacts/batch/create" }
max = 100
items = "inputs"
answers = "results"
item_id = "objectWriteTraceId"
errors = { items = "errors", item_id = "context.objectWriteTraceId[0]" }
[entities.contacts.update]
request = { method = "PATCH", path = "/contacts/{id}" }
sparse = true
[entities.contacts.update.batch]
request = { method = "POST", path = "/contacts/batch/update" }
max = 100
items = "inputs"
item = { id = "{id}", properties = "{record.properties}" }
item_id = "id"
item_value = "{id}"
answers = "results"
"#;

#[tokio::test]
async fn items_of_a_batch_have_outcomes_by_their_mark_and_failures_may_stand_apart() {
    let created = r#"{"status":"COMPLETE","results":[{"id":"7","objectWriteTraceId":"2"}],"numErrors":1,"errors":[{"category":"CONFLICT","message":"exists","context":{"objectWriteTraceId":["1"]}}]}"#;
    let updated = r#"{"results":[{"id":"9"},{"id":"8"}]}"#;
    let rig = Rig::new(HUB, vec![Play::json(207, created), json(updated)]).await;
    let two = [create(r#"{"properties":{"amount":1.50}}"#), create(r#"{"properties":{"email":null}}"#)];
    assert_eq!(rig.write("contacts", &two).await, ["rejected validation: exists", "confirmed 7"]);
    let sent = serde_json::json!({ "inputs": [
        { "properties": { "amount": "1.50" }, "objectWriteTraceId": "1" },
        { "properties": {}, "objectWriteTraceId": "2" },
    ] });
    assert_eq!(rig.body(0), sent);
    let two = [
        write(Operation::Update, Some("8"), r#"{"properties":{"email":null}}"#),
        write(Operation::Update, Some("9"), r#"{"properties":{"amount":"2"}}"#),
    ];
    assert_eq!(rig.write("contacts", &two).await, ["confirmed 8", "confirmed 9"]);
    let sent = serde_json::json!({ "inputs": [
        { "id": "8", "properties": { "email": "" } },
        { "id": "9", "properties": { "amount": "2" } },
    ] });
    assert_eq!(rig.body(1), sent);
}

#[tokio::test]
async fn the_fields_that_are_asked_for_are_those_described_and_those_of_the_connection() {
    let answer = r#"{"id":"1","properties":{"amount":"12.50","email":""}}"#;
    let rig = Rig::with(HUB, vec![json(answer)], |target| {
        let mapped = ["properties.amount", "properties.tier", "properties['a b']", "id"].map(str::to_owned);
        target.mapped.insert("contacts".to_owned(), mapped.into());
    })
    .await;
    let record = rig.connection.read("contacts", "1").await.unwrap().unwrap();
    assert_eq!(rig.server.lines(), ["GET /api/contacts/1?properties=amount%2Cemail%2Ctier"]);
    assert_eq!(record.body.get(), r#"{"id":"1","properties":{"amount":12.50,"email":""}}"#);
}

const LEAN: &str = r#"
[entities.account]
local_entity = "customer"
id = "Id"
write_class = "a"
[entities.account.read]
request = { path = "/account/{id}" }
[entities.account.create]
request = { method = "PATCH", path = "/account/Ext__c/{reference}" }
upsert = true
answers = "id"
id = "id"
read_back = true
[entities.account.create.batch]
request = { method = "POST", path = "/composite", body = { allOrNone = false } }
max = 200
items = "records"
answers = "items"
failed = { field = "success", equals = false }
code = "errors[0].statusCode"
message = "errors[0].message"
id = "id"
[entities.account.update]
request = { method = "PATCH", path = "/account/{id}" }
sparse = true
read_back = true
[entities.account.delete]
request = { method = "DELETE", path = "/account/{id}" }
sends = "nothing"

[entities.customer]
like = "account"
[entities.customer.create]
id_header = "Location"
"#;

#[tokio::test]
async fn what_an_answer_does_not_show_is_read_back() {
    let account = r#"{"Id":"001","Name":"A"}"#;
    let plays = vec![
        Play::json(201, r#"{"id":"001","success":true,"errors":[]}"#),
        json(account),
        Play::with(204, "", ""),
        json(account),
        Play::with(204, "", ""),
        Play::json(
            200,
            r#"[{"id":"001","success":true,"errors":[]},{"success":false,"errors":[{"statusCode":"DUPLICATE","message":"twice"}]}]"#,
        ),
        json(account),
    ];
    let rig = Rig::new(LEAN, plays).await;
    assert_eq!(rig.write("account", &[create(r#"{"Name":"A"}"#)]).await, ["confirmed 001"]);
    let update = write(Operation::Update, Some("001"), r#"{"Name":"B"}"#);
    assert_eq!(rig.write("account", &[update]).await, ["confirmed 001"]);
    let delete = write(Operation::Delete, Some("001"), "{}");
    assert_eq!(rig.write("account", &[delete]).await, ["confirmed"]);
    let two = [create(r#"{"Name":"A"}"#), create(r#"{"Name":"B"}"#)];
    assert_eq!(rig.write("account", &two).await, ["confirmed 001", "rejected validation: twice"]);
    assert_eq!(rig.body(5)["records"].as_array().unwrap().len(), 2);
    assert_eq!(
        rig.server.lines(),
        [
            "PATCH /api/account/Ext__c/hw-1",
            "GET /api/account/001",
            "PATCH /api/account/001",
            "GET /api/account/001",
            "DELETE /api/account/001",
            "POST /api/composite",
            "GET /api/account/001"
        ]
    );
}

#[tokio::test]
async fn the_id_of_a_new_record_may_stand_in_a_header_and_one_that_cannot_be_read_is_unknown() {
    let created = "Location: https://1234.example/services/rest/record/v1/customer/647\r\n";
    let manifest = LEAN.replace("id = \"id\"\nread_back", "read_back");
    let rig = Rig::new(&manifest, vec![Play::with(204, created, ""), json(r#"{"Id":"647"}"#)]).await;
    assert_eq!(rig.write("customer", &[create("{}")]).await, ["confirmed 647"]);
    let lost =
        vec![Play::with(204, created, ""), Play::json(500, ""), Play::json(500, ""), Play::json(404, "{}")];
    let rig = Rig::new(&manifest, lost).await;
    let outcomes = rig.write("customer", &[create("{}")]).await;
    assert!(outcomes[0].starts_with("unknown: the record `647` was made"), "{outcomes:?}");
}

#[test]
fn xml_and_multipart_bodies_are_escaped() {
    use super::super::call::body::encode;
    use crate::connectors::manifest::Encoding;
    let content =
        serde_json::json!({ "Order": { "@id": "1\"", "Line": [{ "Name": "A & <B>" }, { "Name": null }] } });
    let (body, kind) = encode(Encoding::Xml, &content);
    assert_eq!(
        body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Order id=\"1&quot;\"><Line><Name>A &amp; &lt;B&gt;</Name></Line><Line><Name></Name></Line></Order>"
    );
    assert_eq!(kind, "application/xml");
    let content = serde_json::json!({ "a": "x", "b": { "c": 1 } });
    let (body, kind) = encode(Encoding::Multipart, &content);
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let wanted = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"b\"\r\nContent-Type: application/json\r\n\r\n{{\"c\":1}}\r\n--{boundary}--\r\n"
    );
    assert_eq!((body, encode(Encoding::Multipart, &content).1), (wanted, kind.clone()));
}
