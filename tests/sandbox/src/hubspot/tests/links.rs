//! Associations.

use serde_json::{Value, json};

use super::desk::{Desk, parts};

#[tokio::test]
async fn links_read_both_ways_and_come_apart() {
    let desk = Desk::open().await;
    let contact = desk.contact("ann@example.com");
    let company = desk.make("companies", json!({"name": "Acme"}));
    let path = format!("/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}");
    assert_eq!(desk.send("PUT", &path, None).await.unwrap().status(), 200);
    let (_, list) = desk.get(&format!("/crm/v4/objects/companies/{company}/associations/contacts")).await;
    assert_eq!(list["results"][0]["toObjectId"], json!(contact.parse::<u64>().unwrap()));
    assert_eq!(list["results"][0]["associationTypes"][0]["typeId"], 280);
    let (_, with) = desk.get(&format!("/crm/v3/objects/contacts/{contact}?associations=companies")).await;
    assert_eq!(with["associations"]["companies"]["results"][0]["id"], company);
    let one = format!("/crm/v4/objects/contacts/{contact}/associations/companies/{company}");
    assert_eq!(desk.delete(&one).await, 204);
    let (_, list) = desk.get(&format!("/crm/v4/objects/companies/{company}/associations/contacts")).await;
    assert_eq!(list["results"], json!([]));
}

#[tokio::test]
async fn the_primary_company_is_a_type_of_its_own() {
    let desk = Desk::open().await;
    let contact = desk.contact("ann@example.com");
    let company = desk.make("companies", json!({"name": "Acme"}));
    let (_, labels) = desk.get("/crm/v4/associations/contacts/companies/labels").await;
    assert_eq!(labels["results"][0], json!({"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}));
    let path = format!("/crm/v4/objects/contacts/{contact}/associations/companies/{company}");
    let primary = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]);
    assert_eq!(desk.send("PUT", &path, Some(&primary)).await.unwrap().status(), 201);
    let (_, list) = desk.get(&format!("/crm/v4/objects/contacts/{contact}/associations/companies")).await;
    let types: Vec<&Value> =
        list["results"][0]["associationTypes"].as_array().unwrap().iter().map(|one| &one["typeId"]).collect();
    assert_eq!(types, [&json!(1), &json!(279)]);
    let wrong = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 77}]);
    let (status, _) = parts(desk.send("PUT", &path, Some(&wrong)).await.unwrap()).await;
    assert_eq!(status, 400);
    assert_eq!(desk.send("PUT", &path.replace(&company, "1"), Some(&primary)).await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_create_can_link_in_the_same_call() {
    let desk = Desk::open().await;
    let company = desk.make("companies", json!({"name": "Acme"}));
    let link = |id: &str| json!([{"to": {"id": id}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 341}]}]);
    let body = json!({"properties": {"dealname": "D"}, "associations": link(&company)});
    let (status, deal) = desk.post("/crm/v3/objects/deals", body).await;
    assert_eq!(status, 201);
    let inputs = json!({"inputs": [{"id": deal["id"]}]});
    let (_, read) = desk.post("/crm/v4/associations/deals/companies/batch/read", inputs).await;
    assert_eq!(read["results"][0]["to"][0]["toObjectId"], json!(company.parse::<u64>().unwrap()));
    let body = json!({"properties": {"dealname": "E"}, "associations": link("1")});
    assert_eq!(desk.post("/crm/v3/objects/deals", body).await.0, 400);
    assert_eq!(desk.sandbox.count("deals"), 1, "not created without its link");
}

#[tokio::test]
async fn the_primary_company_is_shown_by_a_property_that_nobody_can_set() {
    let desk = Desk::open().await;
    let contact = desk.contact("ann@example.com");
    let (first, second) =
        (desk.make("companies", json!({"name": "One"})), desk.make("companies", json!({"name": "Two"})));
    let shown =
        || desk.sandbox.get("contacts", &contact).unwrap()["properties"]["associatedcompanyid"].clone();
    let path = |company: &str| format!("/crm/v4/objects/contacts/{contact}/associations/companies/{company}");
    let primary = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]);
    let plain = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]);
    desk.send("PUT", &path(&first), Some(&plain)).await.unwrap();
    assert_eq!(shown(), json!(first), "the first one is the primary one");
    desk.send("PUT", &path(&second), Some(&primary)).await.unwrap();
    assert_eq!(shown(), json!(second));
    assert_eq!(desk.delete(&path(&second)).await, 204);
    assert_eq!(shown(), Value::Null);
    let set = json!({"properties": {"associatedcompanyid": first}});
    let path = format!("/crm/v3/objects/contacts/{contact}");
    assert_eq!(desk.send("PATCH", &path, Some(&set)).await.unwrap().status(), 400);
}
