//! Contacts.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn put_creates_and_a_name_in_use_is_refused() {
    let desk = Desk::open().await;
    let contact = desk.contact("Acme").await;
    assert_eq!((&contact["ContactStatus"], &contact["IsCustomer"]), (&json!("ACTIVE"), &json!(false)));
    assert!(text(&contact, "UpdatedDateUTC").starts_with("/Date("));
    assert_eq!(contact["Addresses"].as_array().unwrap().len(), 2);
    assert_eq!(contact["Phones"].as_array().unwrap().len(), 4);
    let message = desk.refused(Method::PUT, "/Contacts", json!({"Name": "acme"})).await;
    assert!(message.contains("already assigned to another contact"), "{message}");
    assert_eq!(desk.sandbox.count("Contact"), 1);
}

#[tokio::test]
async fn post_finds_the_contact_by_id_number_or_name() {
    let desk = Desk::open().await;
    let made = desk
        .made("Contacts", json!({"Name": "Acme", "ContactNumber": "c-1", "EmailAddress": "a@b.co"}))
        .await;
    let id = made["ContactID"].clone();
    for body in [
        json!({"Name": "Acme", "FirstName": "Ann"}),
        json!({"ContactNumber": "c-1", "LastName": "Bee"}),
        json!({"ContactID": id, "Name": "Acme Ltd"}),
    ] {
        assert_eq!(desk.saved("/Contacts", body).await["ContactID"], id);
    }
    let now = desk.saved(&format!("/Contacts/{}", id.as_str().unwrap()), json!({"TaxNumber": "T"})).await;
    let kept = [&now["Name"], &now["FirstName"], &now["LastName"], &now["EmailAddress"]];
    assert_eq!(kept, ["Acme Ltd", "Ann", "Bee", "a@b.co"], "what is left out stays");
}

#[tokio::test]
async fn addresses_and_phones_change_by_type() {
    let desk = Desk::open().await;
    let made = desk
        .made("Contacts", json!({"Name": "Acme", "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "1"}]}))
        .await;
    let id = text(&made, "ContactID");
    let body = json!({"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "2"}], "Addresses": [{"AddressType": "STREET", "City": "Bath"}]});
    let now = desk.saved(&format!("/Contacts/{id}"), body).await;
    let number = |kind: &str| {
        let phones = now["Phones"].as_array().unwrap();
        phones.iter().find(|phone| phone["PhoneType"] == kind).unwrap()["PhoneNumber"].clone()
    };
    assert_eq!((number("MOBILE"), number("DEFAULT")), (json!("1"), json!("2")));
    assert_eq!(now["Addresses"][0]["City"], "Bath");
}

#[tokio::test]
async fn archived_contacts_leave_the_list_and_free_their_name() {
    let desk = Desk::open().await;
    let made = desk.contact("Acme").await;
    let id = text(&made, "ContactID");
    desk.saved(&format!("/Contacts/{id}"), json!({"ContactStatus": "ARCHIVED"})).await;
    assert_eq!(desk.list("Contacts", &[]).await.len(), 0);
    assert_eq!(desk.list("Contacts", &[("includeArchived", "true")]).await.len(), 1);
    assert_ne!(desk.contact("Acme").await["ContactID"], made["ContactID"]);
    let back = json!({"ContactStatus": "ACTIVE"});
    let message = desk.refused(Method::POST, &format!("/Contacts/{id}"), back).await;
    assert!(message.contains("unique across all active contacts"));
}

#[tokio::test]
async fn types_and_lengths_are_those_of_the_description() {
    let desk = Desk::open().await;
    let long = "x".repeat(51);
    let message = desk.refused(Method::PUT, "/Contacts", json!({"Name": "A", "ContactNumber": long})).await;
    assert!(message.contains("ContactNumber"));
    for body in [json!({"Name": 7}), json!({"Name": "A", "ContactStatus": "GONE"}), json!(7)] {
        let (status, answer) = desk.put("/Contacts", body).await;
        assert_eq!((status, &answer["Type"]), (400, &json!("PostDataInvalidException")));
    }
    assert_eq!(desk.get("/Contacts/7f6ffbe9-98a5-4a35-b9ba-1dd3a4d4a3ff").await.0, 404);
}
