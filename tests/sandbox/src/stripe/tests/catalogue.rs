//! Customers, products and prices.

use serde_json::json;

use super::desk::{Desk, ids, text};

#[tokio::test]
async fn a_customer_has_the_published_fields() {
    let desk = Desk::open().await;
    let fields = [("name", "Acme"), ("address[line1]", "1 Road"), ("address[country]", "IE")];
    let customer = desk.write("/v1/customers", &fields).await;
    assert!(text(&customer["id"]).starts_with("cus_"));
    assert_eq!(customer["object"], "customer");
    assert_eq!(customer["livemode"], false);
    assert_eq!(
        customer["address"],
        json!({"city": null, "country": "IE", "line1": "1 Road", "line2": null, "postal_code": null, "state": null})
    );
    assert_eq!(customer["invoice_settings"]["default_payment_method"], json!(null));
    assert!(customer["created"].is_i64());
}

#[tokio::test]
async fn updates_are_sparse_and_the_last_one_wins() {
    let desk = Desk::open().await;
    let id = desk.customer("a@example.com").await;
    let path = format!("/v1/customers/{id}");
    desk.write(&path, &[("name", "A")]).await;
    let shown = desk.write(&path, &[("phone", "1")]).await;
    assert_eq!(
        (&shown["name"], &shown["phone"], &shown["email"]),
        (&json!("A"), &json!("1"), &json!("a@example.com"))
    );
    desk.write(&path, &[("phone", "1")]).await;
    assert_eq!(desk.events().await.len(), 3, "an update that changes nothing is no event");
}

#[tokio::test]
async fn a_product_takes_an_id_of_its_own_once() {
    let desk = Desk::open().await;
    let fields = [
        ("id", "widget-1"),
        ("name", "Widget"),
        ("default_price_data[currency]", "usd"),
        ("default_price_data[unit_amount]", "1050"),
    ];
    let product = desk.write("/v1/products", &fields).await;
    assert_eq!(product["id"], "widget-1");
    let price = desk.read(&format!("/v1/prices/{}", text(&product["default_price"]))).await;
    assert_eq!((&price["product"], &price["unit_amount"]), (&json!("widget-1"), &json!(1050)));
    assert_eq!(desk.refused("/v1/products", &fields).await.0, "resource_already_exists");
    assert_eq!(desk.delete("/v1/products/widget-1").await.0, 400, "it has a price");
    let shown = desk.write("/v1/products/widget-1", &[("active", "false")]).await;
    assert_eq!(shown["active"], false);
}

#[tokio::test]
async fn a_product_without_prices_is_deleted_for_good() {
    let desk = Desk::open().await;
    let product = desk.write("/v1/products", &[("name", "Widget")]).await;
    let path = format!("/v1/products/{}", text(&product["id"]));
    desk.sandbox.advance_clock(5);
    let shown = desk.write(&path, &[("description", "better")]).await;
    assert!(shown["updated"].as_i64() > product["updated"].as_i64(), "the only object that says so");
    assert_eq!(desk.delete(&path).await.0, 200);
    assert_eq!(desk.get(&path).await.0, 404);
}

#[tokio::test]
async fn a_price_never_changes_its_amount() {
    let desk = Desk::open().await;
    let product = text(&desk.write("/v1/products", &[("name", "Widget")]).await["id"]);
    let fields = [
        ("product", product.as_str()),
        ("currency", "USD"),
        ("unit_amount_decimal", "10.5"),
        ("lookup_key", "w"),
    ];
    let price = desk.write("/v1/prices", &fields).await;
    assert_eq!(
        (&price["currency"], &price["unit_amount"], &price["unit_amount_decimal"]),
        (&json!("usd"), &json!(null), &json!("10.5"))
    );
    let path = format!("/v1/prices/{}", text(&price["id"]));
    assert_eq!(desk.refused(&path, &[("unit_amount", "5")]).await.0, "parameter_unknown");
    assert_eq!(desk.refused(&path, &[("currency", "eur")]).await.0, "parameter_unknown");
    assert_eq!(desk.delete(&path).await.0, 501, "there is no such endpoint");
    assert_eq!(desk.refused("/v1/prices", &fields).await.0, "resource_already_exists");
    let moved = [fields[0], fields[1], ("unit_amount", "7"), fields[3], ("transfer_lookup_key", "true")];
    let second = desk.write("/v1/prices", &moved).await;
    assert_eq!(ids(&desk.read("/v1/prices?lookup_keys[]=w").await), [text(&second["id"])]);
    assert_eq!(desk.refused("/v1/prices", &[("currency", "usd"), ("unit_amount", "1")]).await.1, "product");
}

#[tokio::test]
async fn currencies_have_their_own_smallest_unit() {
    let desk = Desk::open().await;
    for (currency, amount, wanted) in [
        ("jpy", "49", "amount_too_small"),
        ("usd", "49", "amount_too_small"),
        ("kwd", "1001", ""),
        ("xyz", "100", ""),
        ("usd", "100000000", "amount_too_large"),
    ] {
        let refused =
            desk.refused("/v1/payment_intents", &[("amount", amount), ("currency", currency)]).await;
        assert_eq!(refused.0, wanted, "{amount} {currency}");
    }
    for (currency, amount) in [("jpy", "50"), ("kwd", "1000"), ("usd", "50")] {
        desk.write("/v1/payment_intents", &[("amount", amount), ("currency", currency)]).await;
    }
    assert_eq!(crate::stripe::currency::shown(10, "jpy"), "10 jpy");
    assert_eq!(crate::stripe::currency::shown(1000, "usd"), "10.00 usd");
    assert_eq!(crate::stripe::currency::shown(1000, "kwd"), "1.000 kwd");
}
