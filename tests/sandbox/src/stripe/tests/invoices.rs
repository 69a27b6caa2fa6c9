//! Invoices from draft to paid, void and uncollectible; credit notes.

use serde_json::{Value, json};

use super::desk::{Desk, ids, parts, text};
use crate::stripe::StripeConfig;

#[tokio::test]
async fn a_draft_has_no_number_and_a_finalized_invoice_keeps_its_amounts() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let id = desk.draft(&customer, "2100", "usd").await;
    let path = format!("/v1/invoices/{id}");
    let draft = desk.read(&path).await;
    assert_eq!(
        (&draft["status"], &draft["number"], &draft["total"]),
        (&json!("draft"), &json!(null), &json!(2100))
    );
    let open = desk.write(&format!("{path}/finalize"), &[]).await;
    assert_eq!((&open["status"], &open["amount_remaining"]), (&json!("open"), &json!(2100)));
    assert!(text(&open["number"]).ends_with("-0001"));
    assert!(open["status_transitions"]["finalized_at"].is_i64());
    let item = [("customer", customer.as_str()), ("invoice", &id), ("amount", "1"), ("currency", "usd")];
    assert_eq!(desk.refused("/v1/invoiceitems", &item).await.0, "invoice_not_editable");
    assert_eq!(
        desk.refused(&path, &[("collection_method", "charge_automatically")]).await.0,
        "invoice_not_editable"
    );
    assert_eq!(desk.post(&format!("{path}/finalize"), &[]).await.0, 400);
    assert_eq!(desk.delete(&path).await.0, 400, "void it instead");
    let item = format!("/v1/invoiceitems/{}", ids(&desk.read("/v1/invoiceitems").await)[0]);
    assert_eq!(desk.refused(&item, &[("amount", "1")]).await.0, "invoice_not_editable");
    assert_eq!(desk.delete(&item).await.0, 400);
    desk.write(&path, &[("metadata[a]", "1")]).await;
}

#[tokio::test]
async fn pending_items_are_taken_in_by_old_versions_and_when_asked() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let item = [("customer", customer.as_str()), ("amount", "700"), ("currency", "usd")];
    desk.write("/v1/invoiceitems", &item).await;
    let fields = [("customer", customer.as_str())];
    assert_eq!(desk.write("/v1/invoices", &fields).await["total"], 0, "excluded since 2022-08-01");
    let request = desk.form("/v1/invoices", &fields).header("stripe-version", "2020-08-27");
    let (_, old) = parts(request.send().await.unwrap()).await;
    assert_eq!(old["total"], 700, "the default that doubles lines");
    let require = [fields[0], ("pending_invoice_items_behavior", "include_and_require")];
    assert_eq!(desk.refused("/v1/invoices", &require).await.0, "invoice_no_customer_line_items");
    assert!(ids(&desk.read(&format!("/v1/invoiceitems?pending=true&customer={customer}")).await).is_empty());
}

#[tokio::test]
async fn items_are_priced_by_quantity_or_amount_and_not_both() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let product = text(&desk.write("/v1/products", &[("name", "Widget")]).await["id"]);
    let fields = [("product", product.as_str()), ("currency", "usd"), ("unit_amount_decimal", "10.5")];
    let price = text(&desk.write("/v1/prices", &fields).await["id"]);
    let item = [("customer", customer.as_str()), ("pricing[price]", &price), ("quantity", "3")];
    let shown = desk.write("/v1/invoiceitems", &item).await;
    assert_eq!(
        (&shown["amount"], &shown["description"]),
        (&json!(32), &json!("Widget")),
        "31.5 is rounded away from zero"
    );
    assert_eq!(shown["pricing"]["price_details"]["price"], json!(price));
    assert_eq!(desk.refused("/v1/invoiceitems", &[item[0], ("price", &price)]).await.0, "parameter_unknown");
    assert_eq!(desk.post("/v1/invoiceitems", &[item[0], item[1], ("amount", "5")]).await.0, 400);
    assert_eq!(
        desk.post("/v1/invoiceitems", &[item[0], ("amount", "5"), ("quantity", "2"), ("currency", "usd")])
            .await
            .0,
        400
    );
    assert_eq!(desk.post("/v1/invoiceitems", &[item[0], item[1], ("currency", "eur")]).await.0, 400);
    let path = format!("/v1/invoiceitems/{}", text(&shown["id"]));
    assert_eq!(desk.write(&path, &[("quantity", "4")]).await["amount"], 42);
}

#[tokio::test]
async fn a_draft_is_recounted_and_deleted_with_its_items() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let id = desk.draft(&customer, "500", "usd").await;
    let path = format!("/v1/invoices/{id}");
    let line = desk.read(&path).await["lines"]["data"][0]["id"].clone();
    let item = format!("/v1/invoiceitems/{}", ids(&desk.read("/v1/invoiceitems").await)[0]);
    desk.write(&item, &[("amount", "900")]).await;
    let shown = desk.read(&path).await;
    assert_eq!((&shown["total"], &shown["lines"]["data"][0]["id"]), (&json!(900), &line));
    assert_eq!(desk.delete(&path).await.0, 200);
    assert_eq!(desk.get(&path).await.0, 404);
    assert_eq!(desk.get(&item).await.0, 404);
}

#[tokio::test]
async fn an_open_invoice_is_paid_voided_or_given_up() {
    let desk = Desk::open().await;
    let act = async |id: &str, verb: &str| desk.post(&format!("/v1/invoices/{id}/{verb}"), &[]).await;
    let id = desk.open_invoice().await;
    assert_eq!(act(&id, "mark_uncollectible").await.1["status"], "uncollectible");
    assert_eq!(act(&id, "void").await.1["status"], "void");
    assert_eq!(act(&id, "void").await.0, 400);
    assert_eq!(act(&id, "pay").await.0, 400);
    let id = desk.open_invoice().await;
    act(&id, "mark_uncollectible").await;
    let paid = desk.write(&format!("/v1/invoices/{id}/pay"), &[("paid_out_of_band", "true")]).await;
    assert_eq!(
        (&paid["status"], &paid["amount_paid"], &paid["amount_remaining"]),
        (&json!("paid"), &json!(2100), &json!(0))
    );
    assert_eq!(
        desk.old(&format!("/v1/invoices/{id}")).await["amount_paid"],
        0,
        "outside money counts since basil"
    );
    let events = desk.events().await;
    for name in ["invoice.marked_uncollectible", "invoice.voided", "invoice.paid", "payment_intent.canceled"]
    {
        assert!(events.contains(&name.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn sent_invoices_need_a_due_date_and_go_out_finalized() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let fields = [("customer", customer.as_str()), ("collection_method", "send_invoice")];
    assert_eq!(desk.post("/v1/invoices", &fields).await.0, 400);
    let with_days = [fields[0], fields[1], ("days_until_due", "30")];
    let invoice = desk.write("/v1/invoices", &with_days).await;
    assert_eq!(invoice["due_date"].as_i64().unwrap() - invoice["created"].as_i64().unwrap(), 30 * 86_400);
    assert_eq!(desk.post("/v1/invoices", &[fields[0], ("days_until_due", "30")]).await.0, 400);
    let id = text(&invoice["id"]);
    let item = [fields[0], ("invoice", &id), ("amount", "100"), ("currency", "usd")];
    desk.write("/v1/invoiceitems", &item).await;
    assert_eq!(desk.write(&format!("/v1/invoices/{id}/send"), &[]).await["status"], "open");
    assert!(desk.events().await.contains(&"invoice.sent".to_owned()));
}

#[tokio::test]
async fn a_draft_with_auto_advance_finalizes_itself_after_an_hour() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    let fields = [("customer", customer.as_str()), ("auto_advance", "true")];
    let invoice = desk.write("/v1/invoices", &fields).await;
    let path = format!("/v1/invoices/{}", text(&invoice["id"]));
    assert_eq!(
        invoice["automatically_finalizes_at"].as_i64().unwrap() - invoice["created"].as_i64().unwrap(),
        3600
    );
    desk.sandbox.advance_clock(3500);
    assert_eq!(desk.read(&path).await["status"], "draft");
    desk.sandbox.advance_clock(101);
    assert_eq!(desk.read(&path).await["status"], "paid", "nothing was due");
}

#[tokio::test]
async fn the_customers_balance_is_applied_when_finalized() {
    let desk = Desk::open().await;
    let customer = desk.customer("acme@example.com").await;
    desk.write(&format!("/v1/customers/{customer}"), &[("balance", "-1500")]).await;
    let id = desk.draft(&customer, "1000", "usd").await;
    let shown = desk.write(&format!("/v1/invoices/{id}/finalize"), &[]).await;
    assert_eq!(
        (&shown["status"], &shown["amount_due"], &shown["starting_balance"]),
        (&json!("paid"), &json!(0), &json!(-1500))
    );
    assert_eq!(desk.read(&format!("/v1/customers/{customer}")).await["balance"], -500);
}

#[tokio::test]
async fn a_credit_note_lowers_what_is_wanted_and_can_be_voided() {
    let desk = Desk::open().await;
    let id = desk.open_invoice().await;
    let note =
        desk.write("/v1/credit_notes", &[("invoice", &id), ("amount", "600"), ("reason", "duplicate")]).await;
    assert_eq!(
        (&note["type"], &note["status"], &note["pre_payment_amount"]),
        (&json!("pre_payment"), &json!("issued"), &json!(600))
    );
    assert!(text(&note["number"]).ends_with("-CN-01"));
    let remaining = async || desk.read(&format!("/v1/invoices/{id}")).await["amount_remaining"].clone();
    assert_eq!(remaining().await, 1500);
    desk.write(&format!("/v1/credit_notes/{}/void", text(&note["id"])), &[]).await;
    assert_eq!(remaining().await, 2100);
    assert_eq!(desk.post("/v1/credit_notes", &[("invoice", &id), ("amount", "2101")]).await.0, 400);
    desk.write("/v1/credit_notes", &[("invoice", &id), ("amount", "2100")]).await;
    assert_eq!(desk.read(&format!("/v1/invoices/{id}")).await["status"], "paid");
}

#[tokio::test]
async fn after_payment_a_credit_note_must_say_where_the_money_goes() {
    let desk = Desk::open().await;
    let id = desk.open_invoice().await;
    desk.write(&format!("/v1/invoices/{id}/pay"), &[("payment_method", "pm_card_visa")]).await;
    let line = text(&desk.read(&format!("/v1/invoices/{id}")).await["lines"]["data"][0]["id"]);
    let fields = [
        ("invoice", id.as_str()),
        ("lines[0][type]", "invoice_line_item"),
        ("lines[0][invoice_line_item]", &line),
        ("lines[0][amount]", "1000"),
    ];
    assert_eq!(desk.post("/v1/credit_notes", &fields).await.0, 400);
    let mut with_refund = fields.to_vec();
    with_refund.extend([("refund_amount", "700"), ("credit_amount", "300")]);
    let note = desk.write("/v1/credit_notes", &with_refund).await;
    assert_eq!((&note["type"], &note["post_payment_amount"]), (&json!("post_payment"), &json!(1000)));
    assert_eq!(note["refunds"][0]["amount_refunded"], 700);
    let old = desk.old(&format!("/v1/credit_notes/{}", text(&note["id"]))).await;
    assert_eq!((&old["refund"], old.get("refunds")), (&note["refunds"][0]["refund"], None::<&Value>));
    assert_eq!(desk.sandbox.entities("customer")[0]["balance"], -300);
    let lines = desk.read(&format!("/v1/credit_notes/{}/lines", text(&note["id"]))).await;
    assert_eq!(lines["data"][0]["invoice_line_item"], json!(line));
}

#[tokio::test]
async fn an_old_default_version_shows_old_events() {
    let config = StripeConfig { api_version: "2023-10-16".into(), ..StripeConfig::unlimited() };
    let desk = Desk::with(config).await;
    let id = desk.open_invoice().await;
    assert_eq!(desk.read(&format!("/v1/invoices/{id}")).await["paid"], false);
    let events = desk.read("/v1/events?type=invoice.finalized").await;
    assert!(events["data"][0]["data"]["object"].get("payment_intent").is_some());
}
