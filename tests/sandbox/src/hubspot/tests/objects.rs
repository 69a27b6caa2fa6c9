//! Objects one at a time.

use serde_json::{Value, json};

use super::desk::Desk;

const CONTACTS: &str = "/crm/v3/objects/contacts";

#[tokio::test]
async fn only_a_few_properties_come_unasked() {
    let desk = Desk::open().await;
    let (status, made) = desk
        .post(CONTACTS, json!({"properties": {"email": "ann@example.com", "phone": "1", "city": "Bonn"}}))
        .await;
    assert_eq!(status, 201);
    let id = made["id"].as_str().unwrap();
    let (_, plain) = desk.get(&format!("{CONTACTS}/{id}")).await;
    let names: Vec<&String> = plain["properties"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]);
    assert_eq!(plain["properties"]["firstname"], Value::Null, "empty or not asked for: it looks the same");
    let (_, asked) =
        desk.get(&format!("/crm/objects/2026-03/contacts/{id}?properties=city,phone,nonsense")).await;
    assert_eq!(
        (&asked["properties"]["city"], &asked["properties"]["nonsense"]),
        (&json!("Bonn"), &Value::Null)
    );
    assert_eq!(asked["archived"], false);
    let (_, company) = desk.post("/crm/v3/objects/companies", json!({"properties": {"name": "Acme"}})).await;
    assert!(company["properties"]["hs_lastmodifieddate"].is_string(), "another property than contacts have");
    assert!(company["properties"].get("lastmodifieddate").is_none());
}

#[tokio::test]
async fn an_email_is_taken_once_and_the_message_names_the_holder() {
    let desk = Desk::open().await;
    let body = json!({"properties": {"email": "ann@example.com"}});
    let (_, made) = desk.post(CONTACTS, body).await;
    let (status, refused) = desk.post(CONTACTS, json!({"properties": {"email": "ANN@example.com"}})).await;
    assert_eq!((status, &refused["category"]), (409, &json!("CONFLICT")));
    assert_eq!(
        refused["message"],
        format!("Contact already exists. Existing ID: {}", made["id"].as_str().unwrap())
    );
    assert!(refused["correlationId"].is_string());
    assert_eq!(desk.sandbox.writes_per_key()["contacts:ann@example.com"], 1);
    for _ in 0..2 {
        assert_eq!(
            desk.post("/crm/v3/objects/companies", json!({"properties": {"domain": "a.example"}})).await.0,
            201
        );
    }
    assert_eq!(desk.sandbox.duplicates(), 1, "nothing stops a second company");
}

#[tokio::test]
async fn patches_are_sparse_and_empty_text_clears() {
    let desk = Desk::open().await;
    let id = desk.contact("ann@example.com");
    let before = desk.sandbox.get("contacts", &id).unwrap();
    desk.sandbox.advance_clock(2);
    let path = format!("{CONTACTS}/ann%40example.com?idProperty=email");
    let (status, changed) = desk.patch(&path, json!({"properties": {"firstname": "", "city": "Bonn"}})).await;
    assert_eq!((status, &changed["id"]), (200, &json!(id)));
    assert_ne!(changed["updatedAt"], before["updatedAt"]);
    assert_eq!(changed["properties"]["lastmodifieddate"], changed["updatedAt"]);
    let stored = desk.sandbox.get("contacts", &id).unwrap();
    assert_eq!(
        (stored["properties"].get("firstname"), &stored["properties"]["email"]),
        (None, &json!("ann@example.com"))
    );
    assert_eq!(
        desk.patch(&format!("{CONTACTS}/x?idProperty=city"), json!({"properties": {}})).await.0,
        400,
        "not unique"
    );
    assert_eq!(desk.patch(&format!("{CONTACTS}/1"), json!({"properties": {}})).await.0, 404);
}

#[tokio::test]
async fn values_are_texts_checked_against_their_property() {
    let desk = Desk::open().await;
    let deals = "/crm/v3/objects/deals";
    let good = json!({"properties": {"dealname": "D", "amount": 1500.50, "dealstage": "closedwon", "closedate": "1767225600000"}});
    let (status, made) = desk.post(deals, good).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["properties"]["amount"], "1500.5");
    assert_eq!(made["properties"]["closedate"], "2026-01-01T00:00:00.000Z");
    for (name, value, error) in [
        ("amount", json!("much"), "INVALID_NUMBER"),
        ("dealstage", json!("Closed won"), "INVALID_OPTION"),
        ("closedate", json!("tomorrow"), "INVALID_DATE"),
        ("hs_object_id", json!("7"), "READ_ONLY_VALUE"),
        ("colour", json!("red"), "PROPERTY_DOESNT_EXIST"),
    ] {
        let (status, refused) = desk.post(deals, json!({"properties": {name: value}})).await;
        assert_eq!((status, &refused["category"]), (400, &json!("VALIDATION_ERROR")), "{name}");
        assert!(refused["message"].as_str().unwrap().contains(error), "{refused}");
    }
    let (_, refused) = desk.post(CONTACTS, json!({"properties": {"email": "nonsense"}})).await;
    assert!(refused["message"].as_str().unwrap().contains("INVALID_EMAIL"));
}

#[tokio::test]
async fn archived_objects_are_gone_from_reads_but_listed_apart() {
    let desk = Desk::open().await;
    let id = desk.contact("ann@example.com");
    assert_eq!(desk.delete(&format!("{CONTACTS}/{id}")).await, 204);
    assert_eq!(desk.delete(&format!("{CONTACTS}/{id}")).await, 204, "again is fine");
    assert_eq!(desk.get(&format!("{CONTACTS}/{id}")).await.0, 404);
    let (_, archived) = desk.get(&format!("{CONTACTS}?archived=true")).await;
    assert_eq!(archived["results"][0]["archived"], true);
    assert!(archived["results"][0]["archivedAt"].is_string());
    assert_eq!(desk.get(CONTACTS).await.1["results"], json!([]));
    let (status, _) = desk.post(CONTACTS, json!({"properties": {"email": "ann@example.com"}})).await;
    assert_eq!(status, 201, "the address is free again");
}

#[tokio::test]
async fn a_losing_id_finds_the_winner() {
    let desk = Desk::open().await;
    let winner = desk.contact("ann@example.com");
    let loser = desk.make("contacts", json!({"email": "bob@example.com", "city": "Bonn"}));
    let body = json!({"primaryObjectId": winner, "objectIdToMerge": loser});
    assert_eq!(desk.post(&format!("{CONTACTS}/merge"), body.clone()).await.0, 200);
    let (_, found) = desk.get(&format!("{CONTACTS}/{loser}?properties=city,email")).await;
    assert_eq!((&found["id"], &found["properties"]["city"]), (&json!(winner), &json!("Bonn")));
    assert_eq!(found["properties"]["email"], "ann@example.com");
    assert_eq!(desk.sandbox.count("contacts"), 1);
    assert_eq!(desk.post(&format!("{CONTACTS}/merge"), body).await.0, 400, "the two are one");
}

#[tokio::test]
async fn privacy_deletion_leaves_nothing() {
    let desk = Desk::open().await;
    desk.contact("ann@example.com");
    let body = json!({"objectId": "ann@example.com", "idProperty": "email"});
    assert_eq!(desk.post(&format!("{CONTACTS}/gdpr-delete"), body).await.0, 204);
    assert_eq!(desk.get(&format!("{CONTACTS}?archived=true")).await.1["results"], json!([]));
}
