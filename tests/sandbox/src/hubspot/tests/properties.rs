//! Custom properties.

use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn custom_properties_are_defined_used_and_removed() {
    let desk = Desk::open().await;
    desk.unique("contacts", "hub_id").await;
    let path = "/crm/v3/properties/contacts/hub_id";
    let (_, shown) = desk.get(path).await;
    assert_eq!(
        (&shown["hasUniqueValue"], &shown["hubspotDefined"], &shown["type"]),
        (&json!(true), &json!(false), &json!("string"))
    );
    let (status, made) =
        desk.post("/crm/v3/objects/contacts", json!({"properties": {"hub_id": "H-1"}})).await;
    assert_eq!(status, 201);
    let (_, found) = desk.get("/crm/v3/objects/contacts/H-1?idProperty=hub_id").await;
    assert_eq!(found["id"], made["id"]);
    let (status, _) = desk.post("/crm/v3/objects/contacts", json!({"properties": {"hub_id": "H-1"}})).await;
    assert_eq!(status, 409);
    let again =
        json!({"name": "hub_id", "label": "x", "type": "string", "fieldType": "text", "groupName": "g"});
    assert_eq!(desk.post("/crm/v3/properties/contacts", again.clone()).await.0, 409);
    let mut wrong = again;
    wrong["name"] = json!("Hub Id");
    assert_eq!(desk.post("/crm/v3/properties/contacts", wrong).await.0, 400);
    assert_eq!(desk.patch(path, json!({"label": "Hub"})).await.1["label"], "Hub");
    assert_eq!(desk.delete(path).await, 204);
    assert_eq!(desk.get(path).await.0, 404);
    assert_eq!(desk.delete("/crm/v3/properties/contacts/email").await, 400, "the provider's own stay");
    let (_, all) = desk.get("/crm/v3/properties/deals").await;
    assert!(all["results"].as_array().unwrap().iter().any(|own| own["name"] == "hs_lastmodifieddate"));
}
