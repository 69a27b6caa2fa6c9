//! What is odd about Xero's connections and contacts, each trap once.

use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::{Books, SECOND, phone};

type OfBooks = Stage<Books<1>>;

/// A consent gives two organisations: nothing happens until a person has chosen one.
#[tokio::test]
async fn of_several_organisations_a_person_chooses_one() {
    let mut stage = Stage::<Books<2>>::apart(true, false).await;
    let connection = stage.there.connection();
    stage.hub.put("/v1/providers/xero/credentials", connection.app.unwrap()).await.unwrap();
    let new = json!({"provider": "xero", "settings": connection.settings});
    let made = stage.hub.post("/v1/integrations", new).await.unwrap();
    stage.integration = made["id"].as_str().unwrap().to_owned();
    stage.consent().await;
    let realms = stage.hub.get(&stage.path("realms")).await.unwrap();
    let mut offered: Vec<Option<&str>> =
        realms["items"].as_array().unwrap().iter().map(|realm| realm["name"].as_str()).collect();
    offered.sort_unstable();
    assert_eq!(offered, [Some("Demo Company (UK)"), Some("Second Ltd")]);
    stage.hub.post(&stage.path("realms/select"), json!({"realm_id": SECOND})).await.unwrap();
    stage.hub.put(&stage.path("features/customers"), json!({"enabled": true})).await.unwrap();
    stage.hub.post(&stage.path("enable"), json!({})).await.unwrap();
    stage.put("C-1", json!({"name": "Ada"})).await;
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.there.0.entities_of(SECOND, "Contact").len(), 1);
    assert_eq!(stage.there.0.count("Contact"), 0, "the other organisation is left alone");
    // The user takes the chosen organisation away; the token of the other one is still good.
    stage.there.0.disconnect(SECOND);
    stage.put("C-1", json!({"name": "Ada Lovelace"})).await;
    stage.rest().await;
    stage.pass(240).await;
    let shown = stage.hub.get(&format!("/v1/integrations/{}", stage.integration)).await.unwrap();
    assert_eq!(shown["connection_status"], json!("expired"), "{shown}");
    stage.there.0.connect(SECOND);
    stage.consent().await;
    stage.rest().await;
    stage.pass(60).await;
    assert_eq!(stage.there.0.entities_of(SECOND, "Contact")[0]["Name"], json!("Ada Lovelace"));
    stage.close();
}

/// A refresh token works once: many calls that meet a dead access token share one refresh.
#[tokio::test]
async fn a_refresh_token_is_used_once_however_many_calls_need_it() {
    let stage = OfBooks::connected(true, false).await;
    let before = stage.there.0.stats()["refreshes"].as_u64().unwrap_or(0);
    stage.there.0.expire_access_tokens();
    for number in 0..10 {
        stage.put(&format!("C-{number}"), json!({"name": format!("Person {number}")})).await;
    }
    stage.rest().await;
    stage.pass(5).await;
    assert_eq!(stage.there.records().len(), 10);
    assert_eq!(stage.there.0.stats()["refreshes"].as_u64().unwrap_or(0) - before, 1);
    stage.close();
}

/// Empty deliveries, rightly and wrongly signed: 200 and 401 each time, or the webhook never becomes active.
#[tokio::test]
async fn the_intent_to_receive_is_answered_as_xero_wants() {
    let stage = OfBooks::connected(true, false).await;
    assert!(stage.there.0.verify_webhook().await);
    assert!(stage.there.0.webhook_enabled());
    stage.close();
}

/// One number of several is changed: the others stay, and an emptied one goes.
#[tokio::test]
async fn a_telephone_number_of_one_type_leaves_the_others() {
    let stage = OfBooks::connected(true, false).await;
    let address = json!({"line1": "1 Old Road", "city": "London"});
    let record = json!({"name": "Ada", "phone": "020 1", "mobile": "07 1", "address": address});
    stage.put("C-1", record).await;
    stage.rest().await;
    stage.pass(3).await;
    let contact = |stage: &OfBooks| stage.there.0.get("Contact", &stage.only().id).unwrap();
    let street = |contact: &Value, wanted: &str| {
        let all = contact["Addresses"].as_array().unwrap().iter();
        all.filter(|one| one["AddressType"] == wanted).map(|one| one["AddressLine1"].clone()).next()
    };
    assert_eq!(street(&contact(&stage), "POBOX"), Some(json!("1 Old Road")));
    assert_eq!(contact(&stage)["ContactNumber"], json!("C-1"), "our id is there to be searched");
    stage.there.advance(5);
    let fax = json!([{"PhoneType": "FAX", "PhoneNumber": "020 9"}]);
    stage.there.0.edit("Contact", &stage.only().id, json!({"Phones": fax})).unwrap();
    stage.pull("incremental").await;
    stage.put("C-1", json!({"mobile": "07 2", "phone": null})).await;
    stage.rest().await;
    stage.pass(3).await;
    let now = contact(&stage);
    assert_eq!(
        [phone(&now, "MOBILE"), phone(&now, "DEFAULT"), phone(&now, "FAX")],
        [Some("07 2".to_owned()), None, Some("020 9".to_owned())]
    );
    assert_eq!(street(&now, "POBOX"), Some(json!("1 Old Road")));
    stage.close();
}

/// Xero refuses no stale write: what changed since it was read is not overwritten unseen.
#[tokio::test]
async fn a_change_that_nobody_has_seen_is_not_overwritten() {
    let stage = OfBooks::connected(true, false).await;
    stage.put("C-1", json!({"name": "Ada", "mobile": "07 1"})).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.pull("incremental").await;
    let id = stage.only().id;
    stage.there.advance(5);
    let other = json!({"Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "07 5", "PhoneCountryCode": "44"}]});
    stage.there.0.edit("Contact", &id, other).unwrap();
    // Written before the webhook's news is read: the guard finds the other version first.
    stage.put("C-1", json!({"name": "Ada Lovelace"})).await;
    stage.rest().await;
    stage.pass(90).await;
    let now = stage.there.0.get("Contact", &id).unwrap();
    assert_eq!(
        (now["Name"].clone(), phone(&now, "MOBILE")),
        (json!("Ada Lovelace"), Some("07 5".to_owned()))
    );
    assert_eq!(stage.local("C-1").await["mobile"], json!("07 5"));
    stage.close();
}
