//! What Plaid tells by webhook.

use sandbox::faults::FaultPlan;
use sandbox::kit::poster::Outcome;
use serde_json::json;

use super::super::stage::shortly;
use super::super::stand::Stand as _;
use super::OfBank;

impl OfBank {
    async fn comes(&self, id: &str) {
        let known =
            async |stage: &Self| stage.pairs().await.iter().any(|pair| pair["remote_id"] == json!(id));
        self.until("the webhook", known).await;
    }
}

/// The address is set by itself, and every change is told, also when the words are the same as before.
#[tokio::test]
async fn a_webhook_brings_each_change() {
    let stage = OfBank::linked(false).await;
    let hook = stage.there.item()["webhook"].as_str().unwrap().to_owned();
    assert!(hook.ends_with(&format!("/v1/webhooks/plaid/{}", stage.integration)), "{hook}");
    for name in ["One", "Two", "Three"] {
        let id = stage.there.create(name);
        stage.comes(&id).await;
        stage.there.edit(&id, Some("Changed"), None);
        let changed =
            async |stage: &OfBank| stage.ours("transaction", &id).await["description"] == json!("Changed");
        stage.until("the webhook of a change", changed).await;
    }
    stage.close();
}

#[tokio::test]
async fn forged_repeated_and_late_deliveries_change_nothing() {
    let stage = OfBank::linked(false).await;
    let plan = FaultPlan { webhook_forged: 1.0, webhook_duplicate: 1.0, ..FaultPlan::default() };
    stage.there.faults().set(plan);
    let id = stage.there.create("Payment");
    stage.comes(&id).await;
    let refused = |outcome: &Outcome| outcome.forged && outcome.status == Some(401);
    shortly("the forged webhook was not refused", || stage.there.0.outcomes().iter().any(refused)).await;
    stage.settled(&id, 30).await;
    let transactions = async |stage: &OfBank| {
        let pairs = stage.pairs().await;
        pairs.iter().filter(|pair| pair["remote_id"] == json!(id)).count()
    };
    assert_eq!(transactions(&stage).await, 1);
    stage.close();
}

/// Plaid changes its key: the new one is fetched by its id.
#[tokio::test]
async fn a_key_that_was_rotated_is_fetched() {
    let stage = OfBank::linked(false).await;
    let one = stage.there.create("One");
    stage.comes(&one).await;
    stage.there.0.rotate_key().unwrap();
    let two = stage.there.create("Two");
    stage.comes(&two).await;
    let keys = stage.asked("/webhook_verification_key/get");
    assert_eq!(keys.len(), 2, "each key is asked for once: {keys:?}");
    assert!(keys.iter().all(|one| one.get("access_token").is_none()));
    stage.close();
}

/// The person takes an account out of the consent.
#[tokio::test]
async fn an_account_that_is_taken_out_is_gone() {
    let stage = OfBank::linked(false).await;
    stage.pull("full").await;
    let savings = stage.there.account("savings")["account_id"].as_str().unwrap().to_owned();
    assert_eq!(stage.status(&savings).await, "synced");
    stage.there.0.delete("account", &savings).unwrap();
    let gone = async |stage: &OfBank| stage.status(&savings).await == "deleted";
    stage.until("the webhook about the account", gone).await;
    stage.close();
}

/// The person takes the whole permission back at the bank; on Plaid's page it is given anew.
#[tokio::test]
async fn a_permission_taken_back_ends_the_connection_until_it_is_given_again() {
    let stage = OfBank::linked(false).await;
    stage.there.0.revoke();
    let ended = async |stage: &OfBank| stage.integration().await["connection_status"] == json!("expired");
    stage.until("the webhook about the permission", ended).await;
    stage.consent().await;
    assert_eq!(stage.integration().await["connection_status"], json!("connected"));
    let id = stage.there.create("Again");
    stage.pull("incremental").await;
    stage.settled(&id, 30).await;
    stage.close();
}
