//! Many records in one request.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};

const PATH: &str = "/composite/sobjects";

fn contact(name: &str, email: &str) -> Value {
    json!({"attributes": {"type": "Contact"}, "LastName": name, "Email": email})
}

#[tokio::test]
async fn each_record_has_its_own_result_under_one_200() {
    let desk = Desk::open().await;
    let records = json!([contact("A", "a@x.example"), contact("B", "broken"), {"LastName": "no type"}]);
    let (status, results) = desk.write(Method::POST, PATH, json!({"records": records})).await;
    assert_eq!((status, results.as_array().unwrap().len()), (200, 3));
    assert_eq!((&results[0]["success"], &results[1]["success"]), (&json!(true), &json!(false)));
    assert_eq!(results[1]["errors"][0]["statusCode"], "INVALID_EMAIL_ADDRESS");
    assert_eq!((desk.sandbox.count("Contact"), &desk.sandbox.stats()["creates"]), (1, &json!(1)));
    let id = &results[0]["id"];
    let change = json!([{"attributes": {"type": "Contact"}, "id": id, "Title": "CTO"}]);
    let (_, results) = desk.write(Method::PATCH, PATH, json!({"records": change})).await;
    assert_eq!(results[0]["success"], true, "{results}");
    let (_, read) =
        desk.write(Method::POST, &format!("{PATH}/Contact"), json!({"ids": [id], "fields": ["Title"]})).await;
    assert_eq!(read[0]["Title"], "CTO");
    let path = format!("{PATH}?ids={}&allOrNone=false", id.as_str().unwrap());
    let (status, results) = parts(desk.ask(Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!((status, &results[0]["success"]), (200, &json!(true)));
    assert_eq!(desk.sandbox.count("Contact"), 0);
}

#[tokio::test]
async fn all_or_none_takes_the_good_ones_back() {
    let desk = Desk::open().await;
    let records = json!([contact("A", "a@x.example"), contact("B", "broken")]);
    let (status, results) =
        desk.write(Method::POST, PATH, json!({"allOrNone": true, "records": records})).await;
    assert_eq!(status, 200);
    assert_eq!(results[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!((desk.sandbox.count("Contact"), &desk.sandbox.stats()["creates"]), (0, &json!(0)));
}

#[tokio::test]
async fn upserts_are_by_one_external_id() {
    let desk = Desk::open().await;
    let path = format!("{PATH}/Contact/Headwater_Id__c");
    let record = |id: &str| {
        let mut record = contact(id, "a@x.example");
        record["Headwater_Id__c"] = json!(id);
        record
    };
    let (_, results) =
        desk.write(Method::PATCH, &path, json!({"records": [record("h1"), record("h2")]})).await;
    assert_eq!(results[0]["created"], true, "{results}");
    let (_, results) = desk
        .write(Method::PATCH, &path, json!({"records": [record("h2"), contact("x", "a@x.example")]}))
        .await;
    assert_eq!((&results[0]["created"], &results[1]["success"]), (&json!(false), &json!(false)), "{results}");
    assert_eq!((desk.sandbox.count("Contact"), desk.sandbox.duplicates()), (2, 0));
}

#[tokio::test]
async fn two_hundred_records_are_the_most() {
    let desk = Desk::open().await;
    let records: Vec<Value> = (0..201).map(|at| contact(&format!("L{at}"), "a@x.example")).collect();
    let (status, body) = desk.write(Method::POST, PATH, json!({"records": records})).await;
    assert_eq!((status, told(&body).0.as_str()), (400, "EXCEEDED_ID_LIMIT"));
    assert_eq!(desk.sandbox.count("Contact"), 0);
}
