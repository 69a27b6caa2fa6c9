//! Linking, repairing, and giving up.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::stand::Stand as _;
use super::{Bank, OfBank};

#[tokio::test]
async fn a_bank_is_linked_on_its_page_and_the_keys_stay_where_they_belong() {
    let stage = OfBank::linked(false).await;
    let shown = stage.integration().await;
    assert_eq!(shown["connection_status"], json!("connected"), "{shown}");
    let (id, name) = (&shown["external_realm_id"], &shown["external_realm_name"]);
    assert_eq!((id, name), (&stage.there.item()["item_id"], &json!("First Platypus Bank")));
    let begun = &stage.asked("/link/token/create")[0];
    assert_eq!(begun["transactions"], json!({"days_requested": 730}), "the longest history, on day one");
    assert_eq!(begun["user"]["client_user_id"], json!(stage.integration));
    assert_eq!(stage.asked("/item/public_token/exchange").len(), 1);
    for one in stage.there.recorder().all().iter().filter(|one| one.method == "POST") {
        let header = |name: &str| one.request_headers.iter().any(|(known, _)| known == name);
        assert!(header("plaid-client-id") && header("plaid-secret"), "{}", one.path);
        assert!(one.query.is_empty() && one.request_json().unwrap().get("secret").is_none(), "{}", one.path);
    }
    stage.close();
}

#[tokio::test]
async fn a_page_that_was_left_connects_nobody_and_can_be_opened_again() {
    let mut stage = OfBank::apart(true, false).await;
    stage.create().await;
    let page = stage.page(json!({})).await;
    let refused = stage.hub.browse(&format!("{page}?leave=1")).await.unwrap_err().to_string();
    assert!(refused.contains("was left before it was done"), "{refused}");
    assert_ne!(stage.integration().await["connection_status"], json!("connected"));
    assert!(stage.there.0.items().is_empty());
    stage.consent().await;
    assert_eq!(stage.integration().await["connection_status"], json!("connected"));
    // The page that was left is over.
    assert!(stage.hub.browse(&page).await.is_err());
    assert_eq!(stage.there.0.items().len(), 1);
    stage.close();
}

/// A login breaks: the connection is shown as expired; on Plaid's page it is repaired, and goes on where it was.
#[tokio::test]
async fn a_login_is_repaired_in_update_mode_and_the_feed_goes_on() {
    let stage = OfBank::linked(false).await;
    let before = stage.there.create("Before");
    stage.pull("incremental").await;
    let cursor = stage.asked("/transactions/sync").last().unwrap()["cursor"].clone();
    let item = stage.there.item();
    stage.there.revoke();
    let ended = async |stage: &OfBank| stage.integration().await["connection_status"] == json!("expired");
    stage.until("the webhook about the login", ended).await;
    let meanwhile = stage.there.create("Meanwhile");
    stage.pass(5).await;
    assert!(!stage.knows(&meanwhile).await, "nothing is read while the login is broken");
    stage.consent().await;
    let opened = stage.asked("/link/token/create").pop().unwrap();
    assert!(opened.get("products").is_none() && opened["access_token"].is_string(), "{opened}");
    assert_eq!(stage.integration().await["connection_status"], json!("connected"));
    stage.pull("incremental").await;
    stage.settled(&meanwhile, 30).await;
    stage.settled(&before, 30).await;
    let after = stage.asked("/transactions/sync");
    assert!(after.iter().skip(1).all(|one| one.get("cursor").is_some()), "the history was read again");
    assert!(after.iter().filter(|one| one["cursor"] == cursor).count() >= 1);
    assert_eq!(stage.there.item()["item_id"], item["item_id"]);
    assert_eq!(stage.asked("/item/public_token/exchange").len(), 1, "no second item");
    stage.close();
}

/// Without a webhook the next read tells, with what to do.
#[tokio::test]
async fn a_broken_login_is_seen_by_reading_too() {
    let stage = OfBank::linked(false).await;
    let item = stage.there.item()["item_id"].as_str().unwrap().to_owned();
    stage.there.faults().set(sandbox::faults::FaultPlan { webhook_late_ms: 600_000, ..Default::default() });
    stage.there.0.fail(&item, "ITEM_LOGIN_REQUIRED", Some("OAUTH_CONSENT_EXPIRED"));
    // It takes three refusals in a row, and the accounts are read too.
    for _ in 0..2 {
        stage.pull("incremental").await;
    }
    let shown = stage.integration().await;
    assert_eq!(shown["connection_status"], json!("expired"), "{shown}");
    let (status, tested) = stage.hub.ask(Method::POST, &stage.path("test"), Some(&json!({}))).await.unwrap();
    assert!(tested.to_string().contains("logs in at the bank once more"), "{status} {tested}");
    stage.close();
}

/// An item that is gone cannot be repaired: another one is another company, which a person must want.
#[tokio::test]
async fn another_item_takes_the_place_of_a_lost_one_only_when_that_is_meant() {
    let stage = OfBank::linked(false).await;
    let first = stage.there.item();
    // Somebody removes it in the dashboard of Plaid.
    stage.there.remove_item().await;
    for _ in 0..2 {
        stage.pull("incremental").await;
    }
    assert_eq!(stage.integration().await["connection_status"], json!("expired"));
    let refused = stage.hub.browse(&stage.page(json!({})).await).await.unwrap_err().to_string();
    assert!(refused.contains(first["item_id"].as_str().unwrap()), "{refused}");
    assert_eq!(stage.integration().await["external_realm_id"], first["item_id"]);
    stage.there.remove_item().await;
    stage.hub.browse(&stage.page(json!({"change_realm": true})).await).await.unwrap();
    let second = stage.there.item();
    assert_ne!(second["item_id"], first["item_id"]);
    assert_eq!(stage.integration().await["external_realm_id"], second["item_id"]);
    stage.rest().await;
    let fresh = stage.there.create("Of The New Item");
    stage.pull("incremental").await;
    stage.settled(&fresh, 30).await;
    let day = std::time::Duration::from_hours(24);
    stage.there.advance(86_400);
    stage.hub.advance(day).await.unwrap();
    stage.rest().await;
    let hook = stage.there.item()["webhook"].as_str().unwrap().to_owned();
    assert!(hook.ends_with(&stage.integration), "the new item is told where to send: {hook}");
    stage.close();
}

/// Plaid bills an item until it is removed.
#[tokio::test]
async fn giving_a_connection_up_removes_the_item_also_when_its_login_is_broken() {
    let stage = OfBank::linked(false).await;
    assert_eq!(stage.there.0.stats()["billed_items"], json!(1));
    stage.there.revoke();
    stage.rest().await;
    stage.hub.post(&stage.path("disconnect"), json!({})).await.unwrap();
    stage.rest().await;
    assert_eq!(stage.there.0.stats()["billed_items"], json!(0));
    assert_eq!(stage.integration().await["connection_status"], json!("disconnected"));
    stage.close();
}

#[tokio::test]
async fn wrong_keys_are_said_before_anybody_is_sent_away() {
    let mut stage = OfBank::apart(true, false).await;
    stage.create().await;
    let wrong = json!({"client_id": "plaid-client", "client_secret": "of another environment"});
    stage.hub.put("/v1/providers/plaid/credentials", wrong).await.unwrap();
    let asked = json!({"integration_id": stage.integration});
    let (status, refused) =
        stage.hub.ask(Method::POST, "/v1/integrations/plaid/connect", Some(&asked)).await.unwrap();
    assert_ne!(status, StatusCode::OK);
    assert!(refused.to_string().contains("each environment has a secret of its own"), "{refused}");
    stage.close();
}

#[tokio::test]
async fn what_is_asked_for_on_demand_is_answered() {
    let stage = OfBank::linked(false).await;
    for day in ["2026-09-01", "2026-10-01", "2026-11-01"] {
        stage.there.book(json!({"name": "Rent", "amount": 900, "date": day}));
    }
    stage.pull("incremental").await;
    let checking = stage.there.account("checking");
    let wanted = json!({"account_ids": [checking["account_id"]]});
    let balances = stage.look_up("balances", wanted).await;
    assert_eq!(balances[0]["balances"]["current"].to_string(), "110");
    let recurring = stage.look_up("recurring_transactions", json!({})).await;
    assert_eq!(recurring["outflow_streams"][0]["description"], json!("Rent"));
    let bank = stage.look_up("institution", json!({"institution_id": "ins_109508"})).await;
    assert_eq!(bank["name"], json!("First Platypus Bank"));
    assert_eq!(stage.look_up("institutions", json!({})).await.as_array().unwrap().len(), 3);
    assert_eq!(stage.look_up("item", json!({})).await["item"]["item_id"], stage.there.item()["item_id"]);
    stage.look_up("refresh_transactions", json!({})).await;
    stage.there.0.set_bank_error("ins_109508", Some("INSTITUTION_DOWN"));
    let path = stage.path("operations/balances");
    let (status, refused) =
        stage.hub.ask(Method::POST, &path, Some(&json!({"parameters": {}}))).await.unwrap();
    assert_eq!(status, StatusCode::BAD_GATEWAY, "{refused}");
    stage.close();
}

impl OfBank {
    /// The integration, not connected yet.
    async fn create(&mut self) {
        let connection = self.there.connection();
        self.hub.put("/v1/providers/plaid/credentials", connection.app.unwrap()).await.unwrap();
        let new = json!({"provider": "plaid", "settings": connection.settings});
        let made = self.hub.post("/v1/integrations", new).await.unwrap();
        made["id"].as_str().unwrap().clone_into(&mut self.integration);
    }

    async fn look_up(&self, operation: &str, parameters: Value) -> Value {
        let body = json!({"parameters": parameters});
        self.hub.post(&self.path(&format!("operations/{operation}")), body).await.unwrap()["result"].take()
    }
}

impl Bank {
    /// The only item is removed, by somebody with the same keys.
    async fn remove_item(&self) {
        let token = self.0.recorder.all().iter().rev().find_map(|one| {
            let token = one.request_json()?["access_token"].as_str().map(str::to_owned);
            token.filter(|_| one.status == 200)
        });
        let answer = super::super::stage::outside()
            .post(format!("{}/item/remove", self.base_url()))
            .header("PLAID-CLIENT-ID", "plaid-client")
            .header("PLAID-SECRET", "plaid-secret")
            .json(&json!({"access_token": token}))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success() || self.0.items().is_empty());
    }
}
