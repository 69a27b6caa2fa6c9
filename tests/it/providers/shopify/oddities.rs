//! What is odd about Shopify, each trap once.

use std::time::Duration;

use sandbox::faults::FaultPlan;
use sandbox::shopify::ShopState;
use serde_json::{Value, json};

use super::super::stage::Stage;
use super::super::stand::Stand as _;
use super::{Shop, number};

const RECORDS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records";

type OfShop = Stage<Shop>;

impl OfShop {
    async fn with_features(features: &[&str]) -> Self {
        let stage = Self::connected(true, false).await;
        for code in features {
            stage.hub.put(&stage.path(&format!("features/{code}")), json!({"enabled": true})).await.unwrap();
        }
        stage.rest().await;
        stage
    }

    /// Our record of one of theirs.
    async fn ours_of(&self, entity: &str, theirs: &Value) -> Value {
        let pair = self.pair(&number(theirs)).await;
        let id = pair["local_id"].as_str().unwrap_or_else(|| panic!("nothing came in: {pair}"));
        self.hub.get(&format!("{RECORDS}/{entity}/{id}")).await.unwrap()["body"].clone()
    }

    async fn shown(&self) -> Value {
        self.hub.get(&format!("/v1/integrations/{}", self.integration)).await.unwrap()
    }

    /// How often the simulator counted this.
    fn counted(&self, name: &str) -> u64 {
        self.there.0.stats()[name].as_u64().unwrap_or(0)
    }
}

/// The token expires after an hour, and its successor comes with another refresh token each time.
#[tokio::test]
async fn tokens_rotate_every_hour() {
    let stage = OfShop::connected(true, false).await;
    for round in 1..=3 {
        stage.there.advance(3700);
        stage.hub.tick(Duration::from_secs(3700)).unwrap();
        stage.put(&format!("C-{round}"), Shop::ours("Ada")).await;
        stage.rest().await;
        stage.pass(5).await;
        assert_eq!(stage.status(&format!("C-{round}")).await, "synced");
    }
    assert!(stage.counted("refreshes") >= 3);
    assert_eq!(stage.counted("lasting_tokens_refused"), 0);
    stage.close();
}

/// A deletion has the number of the record and nothing else.
#[tokio::test]
async fn a_webhook_tells_of_a_deletion() {
    let stage = OfShop::connected(true, false).await;
    stage.put("C-1", Shop::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    let made = stage.only();
    stage.there.advance(5);
    stage.there.remove(&made.id);
    stage.until("the deletion", async |stage: &OfShop| stage.status("C-1").await == "deleted").await;
    stage.close();
}

/// Uninstalling is told by a webhook: nobody has to run into it.
#[tokio::test]
async fn an_uninstalled_app_is_known_at_once() {
    let stage = OfShop::connected(true, false).await;
    stage.there.revoke();
    let known = async |stage: &OfShop| stage.shown().await["connection_status"] == json!("expired");
    stage.until("the end", known).await;
    stage.close();
}

/// Searches are late: what a read misses, the next one finds.
#[tokio::test]
async fn a_late_search_loses_nothing() {
    let stage = OfShop::connected(true, false).await;
    stage.put("C-1", Shop::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    let made = stage.only();
    let plan = FaultPlan { search_lag_ms: 20_000, webhook_late_ms: 3_600_000, ..FaultPlan::default() };
    stage.there.faults().set(plan);
    stage.there.advance(5);
    stage.there.edit(&made.id, None, Some("late"));
    stage.pull("incremental").await;
    stage.pass(30).await;
    stage.pull("incremental").await;
    assert_eq!(stage.local("C-1").await["notes"], json!("late"));
    stage.close();
}

/// An error under status 200, and in the other place: the e-mail address of another customer.
#[tokio::test]
async fn an_email_that_is_taken_is_said_so() {
    let stage = OfShop::connected(true, false).await;
    stage.there.0.create("Customer", json!({"email": "ada@example.com"})).unwrap();
    stage.put("C-1", json!({"name": "Ada", "last_name": "Ada", "phone": "+44 20 7946 0000"})).await;
    stage.rest().await;
    stage.pass(5).await;
    stage.pull("incremental").await;
    stage.put("C-1", json!({"email": "ada@example.com"})).await;
    stage.rest().await;
    stage.pass(10).await;
    let pair = stage.pair("C-1").await;
    assert_ne!(pair["sync_status"], json!("synced"), "{pair}");
    assert!(pair.to_string().contains("already been taken"), "{pair}");
    assert_eq!(stage.there.records().len(), 2);
    stage.close();
}

/// A name alone makes no customer, and an address is not changed behind the shop's back: each is refused with words.
#[tokio::test]
async fn what_shopify_would_not_take_is_refused_with_words() {
    let stage = OfShop::connected(true, false).await;
    stage.put("C-1", json!({"name": "Ada"})).await;
    stage
        .put(
            "C-2",
            json!({"name": "Bob", "last_name": "Bob", "address": {"line1": "1 Way", "country": "GB"}}),
        )
        .await;
    stage.rest().await;
    stage.pass(5).await;
    let refused = stage.pair("C-1").await;
    assert_eq!(
        (&refused["sync_status"], &refused["remote_id"]),
        (&json!("error"), &json!(null)),
        "{refused}"
    );
    assert_eq!(stage.status("C-2").await, "synced");
    let made = stage.only();
    let stored = stage.there.0.get("Customer", &made.id).unwrap();
    assert_eq!(stored["addresses"][0]["address1"], json!("1 Way"), "{stored}");
    stage.put("C-2", json!({"address": {"line1": "2 Way", "country": "GB"}})).await;
    stage.rest().await;
    stage.pass(5).await;
    let refused = stage.pair("C-2").await;
    assert!(refused.to_string().contains("change it there"), "{refused}");
    stage.close();
}

/// A frozen shop is no deletion and no dead connection: work waits, and goes on.
#[tokio::test]
async fn a_frozen_shop_is_waited_for() {
    let stage = OfShop::connected(true, false).await;
    stage.put("C-1", Shop::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    stage.there.0.set_state(ShopState::Frozen);
    stage.pull("full").await;
    assert_ne!(stage.status("C-1").await, "deleted");
    stage.there.0.set_state(ShopState::Open);
    stage.pull("full").await;
    assert_eq!(stage.status("C-1").await, "synced");
    stage.close();
}

/// A product with its only variant goes there; afterwards only what is sparse.
#[tokio::test]
async fn a_product_goes_both_ways_with_its_variant() {
    let stage = OfShop::with_features(&["products"]).await;
    let path = format!("{RECORDS}/product/P-1");
    let mug = json!({"code": "MUG", "name": "Mug", "unit_price": "12.50", "category": "Kitchen"});
    stage.hub.put(&path, mug).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.status("P-1").await, "synced", "{}", stage.pair("P-1").await);
    let made = stage.there.0.entities("Product").remove(0);
    let variant = stage.there.0.entities("ProductVariant").remove(0);
    assert_eq!((&made["title"], &variant["price"]), (&json!("Mug"), &json!("12.50")));
    stage.hub.put(&path, json!({"name": "Large Mug"})).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    assert_eq!(stage.there.0.entities("Product")[0]["title"], json!("Large Mug"));
    assert_eq!(stage.there.0.count("ProductVariant"), 1);
    stage.hub.put(&path, json!({"unit_price": "13.00"})).await.unwrap();
    stage.rest().await;
    stage.pass(3).await;
    let refused = stage.pair("P-1").await;
    assert!(refused.to_string().contains("change it there"), "{refused}");
    stage.close();
}

/// Amounts in the shop's currency, whatever the buyer saw; orders of the last 60 days; lines whole or not at all.
#[tokio::test]
async fn orders_come_in_with_the_shops_amounts() {
    let stage = OfShop::with_features(&["products", "orders", "long_orders", "inventory"]).await;
    let shop = &stage.there.0;
    shop.create("Product", json!({"title": "Lamp"})).unwrap();
    let lamp = shop.entities("ProductVariant").remove(0);
    let ada = shop.create("Customer", json!({"lastName": "Ada", "email": "ada@example.com"})).unwrap();
    let bag = |own: &str, seen: &str| json!({"shopMoney": {"amount": own, "currencyCode": "USD"}, "presentmentMoney": {"amount": seen, "currencyCode": "EUR"}});
    let order = |lines: usize| {
        let line = json!({"title": "Lamp", "quantity": 2, "variantId": lamp["id"], "priceSet": bag("10.50", "9.00")});
        json!({
            "currency": "USD", "presentmentCurrency": "EUR", "lineItems": vec![line; lines],
            "customer": {"toAssociate": {"id": ada["id"]}},
        })
    };
    let short = shop.create("Order", order(1)).unwrap();
    let long = shop.create("Order", order(26)).unwrap();
    stage.pull("full").await;
    stage.pull("full").await;
    let ours = stage.ours_of("order", &short).await;
    assert_eq!((&ours["total"], &ours["currency"]), (&json!("21.0"), &json!("USD")), "{ours}");
    assert_eq!(ours["lines"].as_array().map(Vec::len), Some(1), "{ours}");
    assert!(ours["lines"][0]["product"].is_string() && ours["customer"].is_string(), "{ours}");
    assert_eq!((&ours["status"], &ours["number"]), (&json!("open"), &short["name"]));
    let ours = stage.ours_of("order", &long).await;
    assert_eq!((&ours["total"], &ours["lines"]), (&json!("546.0"), &json!(null)), "{ours}");
    let item = shop.entities("InventoryItem").remove(0);
    let ours = stage.ours_of("inventory", &item).await;
    assert!(!ours["quantity_available"].is_null(), "{ours}");
    stage.close();
}

/// Deliveries that come twice, and forged ones behind them.
#[tokio::test]
async fn webhooks_count_once_and_only_when_signed() {
    let stage = OfShop::connected(true, false).await;
    stage.put("C-1", Shop::ours("Ada")).await;
    stage.rest().await;
    stage.pass(3).await;
    let made = stage.only();
    let plan = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    stage.there.faults().set(plan);
    stage.there.advance(5);
    stage.there.edit(&made.id, None, Some("told twice"));
    let arrived = async |stage: &OfShop| stage.local("C-1").await["notes"] == json!("told twice");
    stage.until("the webhook", arrived).await;
    let settled = async |stage: &OfShop| stage.there.0.webhook_outcomes().iter().any(|one| one.forged);
    stage.until("the forged one", settled).await;
    let outcomes = stage.there.0.webhook_outcomes();
    assert!(outcomes.iter().filter(|one| one.forged).all(|one| one.status == Some(401)), "{outcomes:?}");
    assert_eq!(stage.pairs().await.len(), 1);
    stage.close();
}

/// Without `read_all_orders` an order is out of sight after 60 days, as if it had been deleted: ours stays.
#[tokio::test]
async fn an_order_too_old_to_be_seen_stays_here() {
    let stage = OfShop::with_features(&["orders"]).await;
    let price = json!({"shopMoney": {"amount": "10.50", "currencyCode": "USD"}});
    let line = json!({"title": "Lamp", "quantity": 2, "priceSet": price});
    let old = stage.there.0.create("Order", json!({"lineItems": [line]})).unwrap();
    stage.pull("full").await;
    assert_eq!(stage.ours_of("order", &old).await["total"], json!("21.0"));
    stage.there.advance(61 * 86_400);
    stage.hub.tick(Duration::from_hours(61 * 24)).unwrap();
    stage.pull("full").await;
    assert_eq!(stage.ours_of("order", &old).await["total"], json!("21.0"));
    stage.close();
}
