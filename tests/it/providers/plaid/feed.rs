//! The feed of transactions, page by page.

use reqwest::Method;
use sandbox::faults::{Fault, FaultPlan};
use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::{Bank, OfBank};

/// An amount as it is written, as a number or as a text.
fn digits(amount: &Value) -> String {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// More than two pages of 500.
const MANY: usize = 1_100;

impl OfBank {
    /// Linked, with a history that nobody has read yet.
    async fn with_history() -> (Self, Vec<String>) {
        let mut stage = Self::apart(true, false).await;
        stage.open().await;
        let ids = (0..MANY).map(|number| stage.there.create(&format!("Payment {number:04}"))).collect();
        (stage, ids)
    }

    /// The accounts are read no longer.
    async fn transactions_only(&self) {
        self.hub.put(&self.path("features/accounts"), json!({"enabled": false})).await.unwrap();
        self.rest().await;
    }
}

#[tokio::test]
async fn the_history_comes_in_page_by_page_and_then_what_was_added_modified_and_removed() {
    let (stage, ids) = OfBank::with_history().await;
    stage.rest().await;
    stage.settled(&ids[MANY - 1], 60).await;
    assert_eq!(stage.fed().await.len(), MANY, "every transaction was read once");
    let pages = stage.asked("/transactions/sync");
    assert_eq!(pages.len(), 3);
    assert!(pages[0].get("cursor").is_none() && pages.iter().all(|page| page["count"] == json!(500)));
    stage.there.edit(&ids[5], Some("Renamed There"), None);
    stage.there.remove(&ids[6]);
    let added = stage.there.create("Added");
    stage.pull("incremental").await;
    assert_eq!(stage.ours("transaction", &ids[5]).await["description"], json!("Renamed There"));
    assert_eq!(stage.status(&ids[6]).await, "deleted");
    assert_eq!(stage.ours("transaction", &added).await["description"], json!("Added"));
    assert_eq!(stage.fed().await.len(), MANY + 1);
    stage.close();
}

/// What is new and was changed before it was ever read comes as modified.
#[tokio::test]
async fn one_that_was_modified_before_it_was_read_comes_in_too() {
    let stage = OfBank::linked(false).await;
    let id = stage.there.create("Early");
    stage.there.edit(&id, Some("Late"), None);
    stage.pull("incremental").await;
    assert_eq!(stage.ours("transaction", &id).await["description"], json!("Late"));
    stage.close();
}

/// Pages that no longer fit together are thrown away, and the read begins again where it began.
#[tokio::test]
async fn a_change_between_pages_begins_the_read_again_and_leaves_nothing_behind() {
    let (stage, ids) = OfBank::with_history().await;
    stage.there.0.spoil_pages(1);
    stage.rest().await;
    let cursors: Vec<bool> =
        stage.asked("/transactions/sync").iter().map(|page| page.get("cursor").is_some()).collect();
    assert_eq!(cursors, [false, true, false, true, true], "from the beginning, not from the last page");
    assert_eq!(stage.fed().await.len(), MANY);
    // One that only a page of a broken read showed is never told to be gone: it must not have come in.
    stage.there.faults().set(FaultPlan { webhook_late_ms: 600_000, ..FaultPlan::default() });
    let shown = stage.there.create("Shown And Gone");
    let more: Vec<String> = (0..600).map(|number| stage.there.create(&format!("More {number:03}"))).collect();
    stage.there.0.spoil_pages(10_000);
    stage.pull("incremental").await;
    assert!(!stage.knows(&shown).await);
    stage.there.remove(&shown);
    stage.there.0.spoil_pages(0);
    stage.pull("incremental").await;
    assert!(!stage.knows(&shown).await);
    assert_eq!(stage.fed().await.len(), MANY + more.len());
    assert_eq!(stage.status(&ids[0]).await, "synced");
    stage.close();
}

/// An answer in the middle is lost, cut off, refused, or a web page: the read begins again where it began, and all comes
/// in, once.
#[tokio::test]
async fn a_dropped_answer_between_pages_loses_nothing() {
    for fault in [Fault::DropAfter, Fault::Truncated, Fault::ServerError, Fault::TooManyRequests, Fault::Html]
    {
        let stage = OfBank::linked(false).await;
        // No webhook comes between.
        stage.there.faults().set(FaultPlan { webhook_late_ms: 600_000, ..FaultPlan::default() });
        stage.there.create("The First");
        stage.pull("incremental").await;
        let before = stage.fed().await.len();
        (0..MANY).for_each(|number| drop(stage.there.create(&format!("Payment {number:04}"))));
        let asked = stage.asked("/transactions/sync").len();
        stage.transactions_only().await;
        stage.there.faults().force(Fault::None, 1);
        stage.there.faults().force(fault, 1);
        stage.pull("incremental").await;
        stage.pass_until(180, async |stage| stage.fed().await.len() == before + MANY).await;
        assert_eq!(stage.fed().await.len(), before + MANY, "{fault:?}");
        let pages = stage.asked("/transactions/sync").split_off(asked);
        let begun = pages.iter().filter(|page| page["cursor"] == pages[0]["cursor"]).count();
        assert_eq!(begun, 2, "{fault:?}: {pages:?}");
        stage.close();
    }
}

/// The bank has not been visited yet: an empty cursor is no progress, and the webhook brings the rest.
#[tokio::test]
async fn right_after_linking_there_is_nothing_and_then_the_webhook_brings_it() {
    let mut stage = Stage::<Bank<30>>::apart(true, false).await;
    stage.open().await;
    let id = stage.there.create("Old");
    stage.rest().await;
    assert!(stage.fed().await.is_empty());
    stage.there.advance(61);
    let came = async |stage: &Stage<Bank<30>>| !stage.fed().await.is_empty();
    stage.until("the history", came).await;
    stage.settled(&id, 30).await;
    let asked = stage.asked("/transactions/sync");
    assert!(asked[1].get("cursor").is_none(), "an empty cursor was kept: {asked:?}");
    stage.close();
}

/// What leaves the account is positive there, and negative on a statement; amounts are digits, not floats.
#[tokio::test]
async fn amounts_are_turned_round_and_keep_their_digits() {
    let stage = OfBank::linked(false).await;
    let cases = [("12.1", "-12.1", "out"), ("-2500.00", "2500", "in"), ("0.07", "-0.07", "out")];
    let mut ids = Vec::new();
    for (theirs, ..) in cases {
        let amount: Value = serde_json::from_str(theirs).unwrap();
        let row = json!({"amount": amount, "name": "Payment", "original_description": "PMT 0001", "date": "2026-11-03"});
        ids.push(stage.there.book(row)["transaction_id"].as_str().unwrap().to_owned());
    }
    stage.pull("incremental").await;
    for ((_, ours, direction), id) in cases.iter().zip(&ids) {
        let record = stage.ours("transaction", id).await;
        assert_eq!((digits(&record["amount"]).as_str(), &record["direction"]), (*ours, &json!(direction)));
        assert_eq!((&record["description"], &record["date"]), (&json!("PMT 0001"), &json!("2026-11-03")));
        assert_eq!((&record["currency"], &record["status"]), (&json!("USD"), &json!("posted")));
        assert_eq!(record["reference"], json!(id));
    }
    let odd = json!({"amount": 1, "iso_currency_code": null, "unofficial_currency_code": "BTC"});
    let odd = stage.there.book(odd)["transaction_id"].as_str().unwrap().to_owned();
    stage.pull("incremental").await;
    assert_eq!(stage.ours("transaction", &odd).await["currency"], json!("BTC"));
    stage.close();
}

/// A transaction is of an account; what is owed on one is negative.
#[tokio::test]
async fn a_transaction_names_its_account_and_a_debt_is_below_zero() {
    let stage = OfBank::linked(false).await;
    let id = stage.there.create("Payment");
    stage.pull("incremental").await;
    stage.pass(5).await;
    let account = stage.there.account("checking")["account_id"].as_str().unwrap().to_owned();
    let pair = stage.pair(&account).await;
    assert_eq!(stage.ours("transaction", &id).await["account"], pair["local_id"]);
    let current = stage.ours("account", &account).await;
    assert_eq!(
        (digits(&current["balance"]), &current["classification"]),
        ("110".to_owned(), &json!("asset"))
    );
    assert_eq!((&current["name"], &current["currency"]), (&json!("Current Account"), &json!("USD")));
    let card = stage.there.account("credit card")["account_id"].as_str().unwrap().to_owned();
    let card = stage.ours("account", &card).await;
    assert_eq!((digits(&card["balance"]), &card["classification"]), ("-410".to_owned(), &json!("liability")));
    stage.close();
}

/// Pending goes, posted comes: the new one says which it replaces, with the amount that was settled.
#[tokio::test]
async fn a_posted_transaction_points_back_at_the_pending_one() {
    let stage = OfBank::linked(false).await;
    let pending = stage.there.book(json!({"name": "Cafe", "amount": 4, "pending": true}));
    let pending = pending["transaction_id"].as_str().unwrap().to_owned();
    stage.pull("incremental").await;
    let before = stage.ours("transaction", &pending).await;
    assert_eq!((&before["status"], &before["pending"]), (&json!("pending"), &json!(true)));
    let tip = "4.80".parse().unwrap();
    let posted =
        stage.there.0.post(&pending, Some(tip)).unwrap()["transaction_id"].as_str().unwrap().to_owned();
    stage.pull("incremental").await;
    assert_eq!(stage.status(&pending).await, "deleted");
    let after = stage.ours("transaction", &posted).await;
    assert_eq!(after["external_reference"], before["reference"]);
    assert_eq!((digits(&after["amount"]), &after["status"]), ("-4.8".to_owned(), &json!("posted")));
    stage.close();
}

/// Many changes and many asking: we stay within the minute's limits by ourselves, and a refusal is waited out.
#[tokio::test]
async fn a_burst_stays_within_the_limits_and_arrives() {
    let stage = OfBank::linked(true).await;
    let mut last = String::new();
    for number in 0..70 {
        last = stage.there.create(&format!("Payment {number:02}"));
        let asked = json!({"sync_type": "incremental", "direction": "inbound"});
        // Refused where a run is active, which then reads this one too, or the webhook brings it.
        stage.hub.ask(Method::POST, &stage.path("sync"), Some(&asked)).await.unwrap();
        stage.rest().await;
    }
    stage.settled(&last, 150).await;
    assert_eq!(stage.there.throttled(), 0, "we ran into the limits by ourselves");
    stage.pass(70).await;
    stage.there.faults().force(Fault::TooManyRequests, 2);
    let later = stage.there.create("After The Refusal");
    stage.pull("incremental").await;
    stage.settled(&later, 240).await;
    stage.there.faults().set(FaultPlan::default());
    stage.close();
}
