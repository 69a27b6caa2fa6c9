//! What Stripe sells and what it receives: products both ways, documents and money inwards.

use sandbox::faults::{Fault, FaultPlan};
use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::Account;

const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

type OfAccount = Stage<Account>;

impl OfAccount {
    async fn with_features(features: &[&str]) -> Self {
        let stage = Self::connected(true, false).await;
        for code in features {
            stage.hub.put(&stage.path(&format!("features/{code}")), json!({"enabled": true})).await.unwrap();
        }
        stage.rest().await;
        stage
    }

    /// Our fields of what came in from a record of theirs.
    async fn ours(&self, entity: &str, theirs: &Value) -> Value {
        let pair = self.pair(theirs["id"].as_str().unwrap()).await;
        let id = pair["local_id"].as_str().unwrap_or_else(|| panic!("nothing came in: {pair}"));
        assert_eq!(pair["sync_status"], json!("synced"), "{pair}");
        let record = self.hub.get(&format!("{RECORDS}/{entity}/{id}")).await.unwrap();
        record["body"].clone()
    }

    /// A finalized invoice over so many lines of so much.
    fn invoiced(&self, currency: &str, (lines, amount): (u32, i64)) -> Value {
        let customer = self.there.stripe.create("customer", json!({"name": format!("Buyer {currency}")}));
        let customer = customer.unwrap()["id"].clone();
        let new = json!({
            "customer": customer, "currency": currency, "collection_method": "send_invoice", "days_until_due": 30,
        });
        let draft = self.there.stripe.create("invoice", new).unwrap();
        for line in 0..lines {
            let item = json!({
                "customer": customer, "invoice": draft["id"], "currency": currency, "amount": amount,
                "description": format!("Line {line}"),
            });
            self.there.stripe.create("invoiceitem", item).unwrap();
        }
        self.there.stripe.finalize(draft["id"].as_str().unwrap()).unwrap()
    }
}

/// Our code is the product's id; its price comes in; archived counts as deleted.
#[tokio::test]
async fn a_product_goes_both_ways_and_its_price_comes_in() {
    let stage = OfAccount::with_features(&["products"]).await;
    let path = format!("{RECORDS}/product/P-1");
    stage.hub.put(&path, json!({"code": "MUG", "name": "Mug", "unit": "piece"})).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.there.stripe.get("product", "MUG").unwrap()["unit_label"], json!("piece"));
    let price = json!({"product": "MUG", "currency": "usd", "unit_amount": 1250});
    let price = stage.there.stripe.create("price", price).unwrap();
    stage.there.stripe.edit("product", "MUG", json!({"default_price": price["id"]})).unwrap();
    stage.pull("incremental").await;
    let ours = stage.ours("product", &json!({"id": "MUG"})).await;
    assert_eq!((ours["unit_price"].to_string(), &ours["currency"]), ("12.50".to_owned(), &json!("USD")));
    stage.hub.put(&path, json!({"name": "Large Mug"})).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.there.stripe.get("product", "MUG").unwrap()["name"], json!("Large Mug"));
    stage.there.advance(5);
    stage.there.stripe.edit("product", "MUG", json!({"active": false})).unwrap();
    stage.pull("incremental").await;
    assert_eq!(stage.status("P-1").await, "deleted");
    stage.close();
}

/// A create whose answer was lost is found by its id, in a list, which is not behind.
#[tokio::test]
async fn a_lost_product_is_found_by_its_id() {
    let stage = OfAccount::with_features(&["products"]).await;
    stage.there.faults().set(FaultPlan { search_lag_ms: 3_000_000, ..FaultPlan::default() });
    stage.there.faults().force_write(Fault::DropAfter, 1);
    stage.hub.put(&format!("{RECORDS}/product/P-1"), json!({"code": "CUP", "name": "Cup"})).await.unwrap();
    stage.rest().await;
    stage.pass(90).await;
    assert_eq!((stage.status("P-1").await.as_str(), stage.there.stripe.count("product")), ("synced", 1));
    stage.close();
}

/// Invoices, their payments, refunds and what is paid out, in a currency with cents and in one without.
#[tokio::test]
async fn documents_and_money_come_in_with_plain_amounts() {
    let features = [
        "invoices",
        "long_invoices",
        "credit_notes",
        "payments",
        "refunds",
        "payouts",
        "balance_transactions",
    ];
    let stage = OfAccount::with_features(&features).await;
    let (dollars, yen) = (stage.invoiced("usd", (2, 500_000)), stage.invoiced("jpy", (1, 1500)));
    let long = stage.invoiced("eur", (12, 100));
    let stripe = &stage.there.stripe;
    stripe.pay(dollars["id"].as_str().unwrap(), Some("pm_card_visa")).unwrap();
    let note = stripe.create("credit_note", json!({"invoice": yen["id"], "amount": 400})).unwrap();
    let charge = stripe.entities("charge").remove(0);
    let refund = stripe.create("refund", json!({"charge": charge["id"], "amount": 1234})).unwrap();
    stage.there.advance(3 * 86_400);
    stage.hub.tick(std::time::Duration::from_hours(72)).unwrap();
    let payout = stage.there.stripe.payout("usd").unwrap();
    stage.pull("full").await;
    stage.pull("full").await;
    invoices_are_plain(&stage, (&dollars, &yen, &long)).await;
    assert_eq!(stage.ours("credit_note", &note).await["total"].to_string(), "400");
    let ours = stage.ours("payment", &charge).await;
    assert_eq!(
        (ours["amount"].to_string(), ours["fee"].to_string()),
        ("10000.00".to_owned(), "290.30".to_owned())
    );
    assert_eq!(stage.ours("transaction", &refund).await["amount"].to_string(), "12.34");
    assert_eq!(stage.ours("transaction", &payout).await["type"], json!("payout"));
    let movements = stage.there.stripe.entities("balance_transaction");
    let movement = movements.iter().find(|one| one["type"] == json!("charge")).unwrap();
    assert_eq!(stage.ours("transaction", movement).await["net"].to_string(), "9709.70");
    stage.close();
}

async fn invoices_are_plain(stage: &OfAccount, (dollars, yen, long): (&Value, &Value, &Value)) {
    let ours = stage.ours("invoice", dollars).await;
    assert_eq!((ours["total"].to_string(), &ours["currency"]), ("10000.00".to_owned(), &json!("USD")));
    assert_eq!((ours["balance"].to_string(), &ours["status"]), ("0.00".to_owned(), &json!("paid")));
    assert_eq!(ours["lines"].as_array().map(Vec::len), Some(2), "{ours}");
    assert_eq!(ours["lines"][0]["amount"].to_string(), "5000.00");
    let ours = stage.ours("invoice", yen).await;
    assert_eq!(
        (ours["total"].to_string(), ours["balance"].to_string()),
        ("1500".to_owned(), "1100".to_owned())
    );
    let ours = stage.ours("invoice", long).await;
    assert_eq!(ours["total"].to_string(), "12.00");
    assert_eq!(ours["lines"], json!(null), "a part of the lines is not taken for all of them");
}
