//! One record at a time.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::salesforce::{CustomField, SalesforceConfig};

#[tokio::test]
async fn records_are_made_read_changed_and_binned() {
    let desk = Desk::open().await;
    let id =
        desk.made("Account", json!({"Name": " Acme ", "AnnualRevenue": 10.50, "BillingCity": "Leeds"})).await;
    assert_eq!((id.len(), &id[..3]), (18, "001"));
    let (_, record) = desk.get(&format!("/sobjects/Account/{id}")).await;
    assert_eq!((&record["Name"], &record["AnnualRevenue"]), (&json!("Acme"), &json!(10.5)));
    let modified = record["SystemModstamp"].as_str().unwrap();
    assert!(modified.ends_with(".000+0000"), "{modified}");
    let path = format!("/sobjects/Account/{id}");
    let (status, body) = desk.write(Method::PATCH, &path, json!({"BillingCity": null, "Phone": "1"})).await;
    assert_eq!((status, body), (204, json!("")), "the caller must read again");
    let (_, some) = desk.get(&format!("{path}?fields=Name,Phone,BillingCity")).await;
    assert_eq!((&some["Phone"], &some["BillingCity"], some.get("Fax")), (&json!("1"), &Value::Null, None));
    let short = format!("/sobjects/Account/{}", &id[..15]);
    assert_eq!(desk.get(&short).await.1["Id"], json!(id), "answers have the long id");
    let other_case = format!("/sobjects/Account/{}{}", &id[..14], id[14..15].to_uppercase());
    assert_ne!(other_case, short);
    assert_eq!(desk.get(&other_case).await.0, 404, "15 characters are case-sensitive");
    assert_eq!(desk.ask(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(desk.get(&path).await.0, 404);
    assert_eq!(desk.refused(Method::PATCH, &path, json!({"Phone": "2"})).await.0, "ENTITY_IS_DELETED");
    assert_eq!(desk.column("SELECT Id FROM Account", "Id").await, Vec::<String>::new());
    let all = desk.query("queryAll", "SELECT Id FROM Account WHERE IsDeleted = true").await.1;
    assert_eq!(all["records"][0]["Id"], json!(id));
    desk.sandbox.advance_clock(16 * 24 * 3600);
    let desk = Desk { token: desk.sandbox.issue_tokens().access_token, ..desk };
    assert_eq!(desk.query("queryAll", "SELECT Id FROM Account").await.1["totalSize"], 0, "purged");
}

#[tokio::test]
async fn an_external_id_makes_a_create_repeatable() {
    let desk = Desk::open().await;
    let path = "/sobjects/Contact/Headwater_Id__c/hw-1";
    let body = json!({"LastName": "Lee", "FirstName": "Ada"});
    let (status, made) = desk.write(Method::PATCH, path, body.clone()).await;
    assert_eq!((status, &made["created"]), (201, &json!(true)), "{made}");
    let (status, again) = desk.write(Method::PATCH, path, json!({"Title": "CTO"})).await;
    assert_eq!((status, &again["id"], &again["created"]), (200, &made["id"], &json!(false)));
    let (_, record) = desk.get(path).await;
    assert_eq!((&record["Name"], &record["Title"]), (&json!("Ada Lee"), &json!("CTO")));
    let repeated = json!({"LastName": "Lee", "Headwater_Id__c": "hw-1"});
    assert_eq!(desk.refused(Method::PATCH, path, repeated.clone()).await.0, "INVALID_FIELD");
    let (code, message) = desk.refused(Method::POST, "/sobjects/Contact", repeated).await;
    assert_eq!(code, "DUPLICATE_VALUE");
    assert!(message.contains(made["id"].as_str().unwrap()), "it names the record: {message}");
    let (status, body) = desk.write(Method::PATCH, "/sobjects/Contact/Email/x", body).await;
    assert_eq!((status, told(&body).0.as_str()), (404, "NOT_FOUND"), "no external id field");
    assert_eq!(desk.sandbox.writes_per_key()["Contact:hw-1"], 1);
    assert_eq!(desk.ask(Method::DELETE, path).send().await.unwrap().status(), 204);
    assert_eq!(
        desk.write(Method::PATCH, path, json!({"LastName": "New"})).await.0,
        201,
        "the binned one is out"
    );
}

#[tokio::test]
async fn an_external_id_that_is_not_unique_is_ambiguous() {
    let field =
        CustomField { object: "Lead".into(), name: "Ref__c".into(), external_id: true, unique: false };
    let desk =
        Desk::with(SalesforceConfig { custom_fields: vec![field], ..SalesforceConfig::unlimited() }).await;
    for name in ["One", "Two"] {
        desk.made("Lead", json!({"LastName": name, "Company": "Acme", "Ref__c": "r1"})).await;
    }
    let (status, body) = desk.write(Method::PATCH, "/sobjects/Lead/Ref__c/r1", json!({"Title": "x"})).await;
    assert_eq!((status, body.as_array().unwrap().len()), (300, 2), "{body}");
    assert_eq!(desk.sandbox.duplicates(), 1);
}

#[tokio::test]
async fn conditions_are_weak_and_an_etag_only_accounts_have() {
    let desk = Desk::open().await;
    let account = desk.made("Account", json!({"Name": "Acme"})).await;
    let contact = desk.made("Contact", json!({"LastName": "Lee"})).await;
    let [account, contact] = [format!("/sobjects/Account/{account}"), format!("/sobjects/Contact/{contact}")];
    let first = desk.ask(Method::GET, &account).send().await.unwrap();
    let head = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    let (etag, modified) = (head("etag"), head("last-modified"));
    assert!(desk.ask(Method::GET, &contact).send().await.unwrap().headers().get("etag").is_none());
    let known = desk.ask(Method::GET, &account).header("if-modified-since", &modified).send().await.unwrap();
    assert_eq!(known.status(), 304);
    desk.sandbox.advance_clock(5);
    let patch = async |path: &str, header: &str, value: &str| {
        let request = desk.ask(Method::PATCH, path).header(header, value);
        parts(request.json(&json!({"Phone": "1"})).send().await.unwrap()).await
    };
    assert_eq!(patch(&account, "if-match", &etag).await.0, 204);
    assert_eq!(patch(&account, "if-match", &etag).await.0, 412);
    assert_eq!(patch(&account, "if-unmodified-since", &modified).await.0, 412);
    assert_eq!(patch(&contact, "if-unmodified-since", &modified).await.0, 204);
    let (status, body) = patch(&contact, "if-unmodified-since", &modified).await;
    assert_eq!((status, told(&body).0.as_str()), (412, "PRECONDITION_FAILED"));
    assert_eq!(patch(&contact, "if-match", "\"other\"").await.0, 204, "only accounts have versions");
    assert_eq!(patch(&contact, "if-unmodified-since", "2026-01-01T00:00:00Z").await.0, 400, "malformed");
    let delete = desk.ask(Method::DELETE, &account).header("if-unmodified-since", &modified);
    assert_eq!(delete.send().await.unwrap().status(), 204, "a delete looks at no condition");
}

#[tokio::test]
async fn an_account_takes_its_contacts_along() {
    let desk = Desk::open().await;
    let account = desk.made("Account", json!({"Name": "Acme"})).await;
    let contact = desk.made("Contact", json!({"LastName": "Lee", "AccountId": &account[..15]})).await;
    assert_eq!(desk.sandbox.get("Contact", &contact).unwrap()["AccountId"], json!(account));
    desk.sandbox.delete("Account", &account).unwrap();
    assert_eq!((desk.sandbox.count("Account"), desk.sandbox.count("Contact")), (0, 0));
}

#[tokio::test]
async fn changes_and_deletes_are_listed_by_the_minute() {
    let desk = Desk::open().await;
    let kept = desk.made("Lead", json!({"LastName": "A", "Company": "X"})).await;
    let gone = desk.made("Lead", json!({"LastName": "B", "Company": "X"})).await;
    desk.sandbox.delete("Lead", &gone).unwrap();
    desk.sandbox.advance_clock(60);
    let now_ms = crate::kit::Clock::default().now_ms();
    let at = |seconds: i64| crate::kit::clock::rfc3339(now_ms + seconds * 1000);
    let span = async |what: &str, start: String, end: String| {
        desk.get(&format!("/sobjects/Lead/{what}/?start={start}&end={end}")).await
    };
    let (_, body) = span("updated", at(-60), at(60)).await;
    assert_eq!(body["ids"], json!([kept]));
    assert!(body["latestDateCovered"].as_str().unwrap().ends_with("+0000"));
    let (_, body) = span("deleted", at(-60), at(60)).await;
    assert_eq!(body["deletedRecords"][0]["id"], json!(gone));
    assert_eq!(span("deleted", at(-30), at(-30)).await.0, 400, "at least a minute");
    assert_eq!(told(&span("deleted", at(-16 * 86_400), at(0)).await.1).0, "INVALID_REPLICATION_DATE");
    assert_eq!(span("updated", at(-16 * 86_400), at(0)).await.0, 200, "30 days for updates");
    desk.sandbox.trim_delete_log();
    let (_, body) = span("deleted", at(-60), at(60)).await;
    assert_eq!(body["deletedRecords"], json!([]));
    assert!(body["earliestDateAvailable"].as_str().unwrap() > at(-60).as_str(), "a full read is due: {body}");
}

#[tokio::test]
async fn describe_tells_what_the_user_may_see_and_write() {
    let desk = Desk::open().await;
    let (_, body) = desk.get("/sobjects/Account/describe").await;
    let field = |body: &Value, name: &str| {
        body["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).cloned()
    };
    let external = field(&body, "Headwater_Id__c").unwrap();
    assert_eq!((&external["externalId"], &external["unique"]), (&json!(true), &json!(true)));
    assert_eq!(field(&body, "SystemModstamp").unwrap()["updateable"], false);
    assert_eq!(field(&body, "CurrencyIsoCode"), None, "one currency");
    desk.sandbox.hide_field("Account", "Phone", true);
    assert_eq!(field(&desk.get("/sobjects/Account/describe").await.1, "Phone"), None);
    assert_eq!(desk.query("query", "SELECT Phone FROM Account").await.0, 400);
    let path = "/sobjects/Account";
    assert_eq!(desk.refused(Method::POST, path, json!({"Name": "A", "Phone": "1"})).await.0, "INVALID_FIELD");
    let config = SalesforceConfig { multi_currency: true, ..SalesforceConfig::unlimited() };
    let desk = Desk::with(config).await;
    let (_, body) = desk.get("/sobjects/Account/describe").await;
    assert_eq!(field(&body, "CurrencyIsoCode").unwrap()["type"], "picklist");
}
