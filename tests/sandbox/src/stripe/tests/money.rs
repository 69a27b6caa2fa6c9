//! Payment intents, charges, refunds, payouts.

use serde_json::json;

use super::desk::{Desk, ids, text};

const PAID: [(&str, &str); 4] =
    [("amount", "10000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", "pm_card_visa")];

#[tokio::test]
async fn an_intent_goes_through_its_states() {
    let desk = Desk::open().await;
    let intent = desk.write("/v1/payment_intents", &PAID[..2]).await;
    assert_eq!(intent["status"], "requires_payment_method");
    let path = format!("/v1/payment_intents/{}", text(&intent["id"]));
    assert_eq!(desk.refused(&format!("{path}/confirm"), &[]).await.0, "payment_intent_unexpected_state");
    let shown =
        desk.write(&path, &[("payment_method", "pm_card_visa_chargeDeclinedInsufficientFunds")]).await;
    assert_eq!(shown["status"], "requires_confirmation");
    let (status, body) = desk.post(&format!("{path}/confirm"), &[]).await;
    assert_eq!((status, &body["error"]["decline_code"]), (402, &json!("insufficient_funds")));
    let shown =
        desk.write(&format!("{path}/confirm"), &[("payment_method", "pm_card_authenticationRequired")]).await;
    assert_eq!(shown["status"], "requires_action");
    let shown = desk.write(&format!("{path}/confirm"), &[("payment_method", "pm_card_visa")]).await;
    assert_eq!((&shown["status"], &shown["amount_received"]), (&json!("succeeded"), &json!(10_000)));
    assert_eq!(desk.post(&format!("{path}/cancel"), &[]).await.0, 400);
    assert_eq!(desk.post(&path, &[("amount", "1")]).await.0, 400);
    let events = desk.events().await;
    for name in
        ["payment_intent.payment_failed", "charge.failed", "payment_intent.succeeded", "charge.succeeded"]
    {
        assert!(events.contains(&name.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_manual_capture_takes_all_or_less() {
    let desk = Desk::open().await;
    let mut fields = PAID.to_vec();
    fields.push(("capture_method", "manual"));
    let intent = desk.write("/v1/payment_intents", &fields).await;
    assert_eq!(
        (&intent["status"], &intent["amount_capturable"]),
        (&json!("requires_capture"), &json!(10_000))
    );
    let path = format!("/v1/payment_intents/{}/capture", text(&intent["id"]));
    assert_eq!(desk.post(&path, &[("amount_to_capture", "10001")]).await.0, 400);
    let shown = desk.write(&path, &[("amount_to_capture", "4000")]).await;
    assert_eq!((&shown["status"], &shown["amount_received"]), (&json!("succeeded"), &json!(4000)));
}

#[tokio::test]
async fn refunds_add_up_to_the_charge() {
    let desk = Desk::open().await;
    let intent = desk.write("/v1/payment_intents", &PAID).await;
    let charge = text(&intent["latest_charge"]);
    let refund =
        desk.write("/v1/refunds", &[("payment_intent", &text(&intent["id"])), ("amount", "4000")]).await;
    assert_eq!((&refund["status"], &refund["charge"]), (&json!("succeeded"), &json!(charge)));
    assert_eq!(desk.post("/v1/refunds", &[("charge", &charge), ("amount", "6001")]).await.0, 400);
    desk.write("/v1/refunds", &[("charge", &charge)]).await;
    assert_eq!(desk.refused("/v1/refunds", &[("charge", &charge)]).await.0, "charge_already_refunded");
    let shown = desk.read(&format!("/v1/charges/{charge}?expand[]=refunds")).await;
    assert_eq!((&shown["refunded"], &shown["amount_refunded"]), (&json!(true), &json!(10_000)));
    assert_eq!(ids(&shown["refunds"]).len(), 2);
    assert_eq!(ids(&desk.read(&format!("/v1/charges/{charge}/refunds?limit=1")).await).len(), 1);
    let path = format!("/v1/refunds/{}", text(&refund["id"]));
    assert_eq!(desk.write(&path, &[("metadata[a]", "1")]).await["metadata"], json!({"a": "1"}));
    assert_eq!(desk.refused(&path, &[("amount", "1")]).await.0, "parameter_unknown");
    assert!(desk.events().await.contains(&"charge.refunded".to_owned()));
}

#[tokio::test]
async fn a_payout_carries_what_is_available() {
    let desk = Desk::open().await;
    let intent = desk.write("/v1/payment_intents", &PAID).await;
    let charge = text(&intent["latest_charge"]);
    assert!(desk.sandbox.payout("usd").is_err(), "money is available after two days");
    desk.sandbox.advance_clock(2 * 86_400 + 1);
    let transactions =
        desk.read(&format!("/v1/balance_transactions?source={charge}&expand[]=data.source")).await;
    let own = &transactions["data"][0];
    assert_eq!((&own["fee"], &own["net"], &own["status"]), (&json!(320), &json!(9680), &json!("available")));
    assert_eq!(own["source"]["object"], "charge");
    let payout = desk.sandbox.payout("usd").unwrap();
    let id = text(&payout["id"]);
    assert_eq!((&payout["amount"], &payout["status"]), (&json!(9680), &json!("in_transit")));
    let paid_out = desk.read(&format!("/v1/balance_transactions?payout={id}")).await;
    assert_eq!(ids(&paid_out).len(), 2, "the charge and the payout itself");
    desk.sandbox.advance_clock(2 * 86_400 + 1);
    assert_eq!(desk.read(&format!("/v1/payouts/{id}")).await["status"], "paid");
    assert!(desk.events().await.contains(&"payout.paid".to_owned()));
    assert_eq!(desk.post("/v1/payouts", &[("amount", "1"), ("currency", "usd")]).await.0, 501);
}

#[tokio::test]
async fn a_disputed_charge_cannot_be_refunded() {
    let desk = Desk::open().await;
    let intent = desk.write("/v1/payment_intents", &PAID).await;
    let charge = text(&intent["latest_charge"]);
    let dispute = desk.sandbox.dispute(&charge, "fraudulent").unwrap();
    assert_eq!(desk.refused("/v1/refunds", &[("charge", &charge)]).await.0, "charge_disputed");
    let page = desk.read(&format!("/v1/disputes?charge={charge}")).await;
    assert_eq!(ids(&page), [text(&dispute["id"])]);
    assert!(desk.events().await.contains(&"charge.dispute.created".to_owned()));
}

#[tokio::test]
async fn a_declined_invoice_stays_open() {
    let desk = Desk::open().await;
    let id = desk.open_invoice().await;
    let pay = format!("/v1/invoices/{id}/pay");
    assert_eq!(desk.post(&pay, &[]).await.0, 400, "no method anywhere");
    assert_eq!(desk.post(&pay, &[("payment_method", "pm_card_chargeDeclined")]).await.0, 402);
    let shown = desk.read(&format!("/v1/invoices/{id}")).await;
    assert_eq!((&shown["status"], &shown["attempt_count"]), (&json!("open"), &json!(2)));
    let events = desk.events().await;
    assert!(events.contains(&"invoice.payment_failed".to_owned()));
    assert_eq!(desk.write(&pay, &[("payment_method", "pm_card_visa")]).await["status"], "paid");
}
