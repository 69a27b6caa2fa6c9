//! How an invoice and its payments find each other, before and since basil.

use serde_json::json;

use super::desk::{Desk, text};

#[tokio::test]
async fn since_basil_the_links_are_in_invoice_payments_only() {
    let desk = Desk::open().await;
    let id = desk.open_invoice().await;
    let paid = desk.write(&format!("/v1/invoices/{id}/pay"), &[("payment_method", "pm_card_visa")]).await;
    for gone in
        ["payment_intent", "charge", "paid", "paid_out_of_band", "application_fee_amount", "transfer_data"]
    {
        assert!(paid.get(gone).is_none(), "{gone}");
    }
    assert_eq!((&paid["amount_paid"], &paid["amount_overpaid"]), (&json!(2100), &json!(0)));
    let payments = desk.read(&format!("/v1/invoice_payments?invoice={id}")).await;
    let payment = &payments["data"][0];
    assert_eq!((&payment["status"], &payment["amount_paid"]), (&json!("paid"), &json!(2100)));
    let intent = text(&payment["payment"]["payment_intent"]);
    let shown = desk.read(&format!("/v1/payment_intents/{intent}")).await;
    assert_eq!((&shown["status"], shown.get("invoice")), (&json!("succeeded"), None));
    let charge = desk.read(&format!("/v1/charges/{}", text(&shown["latest_charge"]))).await;
    assert!(charge.get("invoice").is_none(), "matching code for older versions silently gets nothing");
    assert!(desk.events().await.contains(&"invoice_payment.paid".to_owned()));
}

#[tokio::test]
async fn before_basil_everything_points_at_everything() {
    let desk = Desk::open().await;
    let id = desk.open_invoice().await;
    desk.write(&format!("/v1/invoices/{id}/pay"), &[("payment_method", "pm_card_visa")]).await;
    let invoice = desk.old(&format!("/v1/invoices/{id}")).await;
    assert_eq!((&invoice["paid"], invoice.get("amount_overpaid")), (&json!(true), None));
    let charge = desk.old(&format!("/v1/charges/{}", text(&invoice["charge"]))).await;
    assert_eq!((&charge["invoice"], &charge["payment_intent"]), (&json!(id), &invoice["payment_intent"]));
    let intent = desk.old(&format!("/v1/payment_intents/{}", text(&invoice["payment_intent"]))).await;
    assert_eq!(intent["invoice"], json!(id));
    let line = &invoice["lines"]["data"][0];
    assert_eq!((&line["type"], line.get("pricing")), (&json!("invoiceitem"), None));
}

#[tokio::test]
async fn a_line_says_price_before_and_pricing_since() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let product = text(&desk.write("/v1/products", &[("name", "Widget")]).await["id"]);
    let fields = [("product", product.as_str()), ("currency", "usd"), ("unit_amount", "1050")];
    let price = text(&desk.write("/v1/prices", &fields).await["id"]);
    let invoice =
        text(&desk.write("/v1/invoices", &[("customer", &customer), ("currency", "usd")]).await["id"]);
    let item = [
        ("customer", customer.as_str()),
        ("invoice", &invoice),
        ("pricing[price]", &price),
        ("quantity", "2"),
    ];
    desk.write("/v1/invoiceitems", &item).await;
    let path = format!("/v1/invoices/{invoice}");
    let line = desk.read(&path).await["lines"]["data"][0].take();
    assert_eq!(line["pricing"]["price_details"], json!({"price": price, "product": product}));
    assert_eq!(line["parent"]["type"], "invoice_item_details");
    let old = desk.old(&format!("{path}?expand[]=lines.data.price.product")).await;
    let line = &old["lines"]["data"][0];
    assert_eq!((&line["price"]["id"], &line["price"]["product"]["name"]), (&json!(price), &json!("Widget")));
}
