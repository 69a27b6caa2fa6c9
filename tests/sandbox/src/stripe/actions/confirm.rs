//! What happens when a payment intent meets a card.

use serde_json::{Value, json};

use super::balance;
use super::blanks::{CHARGE, PAYMENT_INTENT, filled};
use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::work::{Work, int, object};

/// What the card's bank said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The charge, captured or only authorised.
    Succeeded(String),
    /// The decline code.
    Declined(&'static str),
    /// The customer must confirm with the bank.
    RequiresAction,
}

/// The provider's test methods say by their names what will happen.
fn outcome_of(method: &str) -> Option<Outcome> {
    let name = method.to_ascii_lowercase();
    if name.contains("insufficientfunds") {
        Some(Outcome::Declined("insufficient_funds"))
    } else if name.contains("declined") {
        Some(Outcome::Declined("generic_decline"))
    } else {
        name.contains("authenticationrequired").then_some(Outcome::RequiresAction)
    }
}

/// A payment intent as it is stored.
pub(super) fn blank(work: &mut Work, amount: i64, currency: &str) -> Object {
    let id = work.ledger.fresh_id(Kind::PaymentIntent);
    let secret = work.ledger.ids.base62(&format!("{id}_secret_"), 25);
    let known = json!({
        "id": id,
        "amount": amount,
        "client_secret": secret,
        "created": work.now(),
        "currency": currency,
        "livemode": work.ledger.livemode
    });
    filled(PAYMENT_INTENT, known)
}

/// The payment intent an invoice gets when it is finalized, and the invoice payment between them.
pub(super) fn intent_of_invoice(work: &mut Work, invoice: &Object, due: i64) -> (String, String) {
    let currency = text_of(invoice, "currency");
    let mut body = blank(work, due, currency);
    let id = text_of(&body, "id").to_owned();
    body.insert("customer".into(), invoice["customer"].clone());
    body.insert("description".into(), json!("Payment for Invoice"));
    body.insert("_invoice".into(), invoice["id"].clone());
    work.add(Kind::PaymentIntent, body);
    work.tell("payment_intent.created", Kind::PaymentIntent, &id, None);
    let payment = work.ledger.fresh_id(Kind::InvoicePayment);
    let body = object(json!({
        "id": payment,
        "object": "invoice_payment",
        "amount_paid": null,
        "amount_requested": due,
        "created": work.now(),
        "currency": currency,
        "invoice": invoice["id"],
        "is_default": true,
        "livemode": work.ledger.livemode,
        "payment": {"type": "payment_intent", "payment_intent": id},
        "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null}
    }));
    work.add(Kind::InvoicePayment, body);
    (id, payment)
}

/// An intent whose invoice wants no money from it.
pub(super) fn drop_intent(work: &mut Work, id: &str, reason: &str) {
    let Some(intent) = work.ledger.get(Kind::PaymentIntent, id) else { return };
    if matches!(text_of(intent, "status"), "succeeded" | "canceled") {
        return;
    }
    let now = work.now();
    work.change((Kind::PaymentIntent, id), "payment_intent.canceled", |body| {
        body.insert("status".into(), json!("canceled"));
        body.insert("cancellation_reason".into(), json!(reason));
        body.insert("canceled_at".into(), json!(now));
    });
}

/// Confirms an intent with a method: a charge, a decline, or a question to the customer.
pub(super) fn confirm(work: &mut Work, id: &str, method: &str) -> Outcome {
    let outcome = outcome_of(method);
    if outcome == Some(Outcome::RequiresAction) {
        let action = json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}});
        work.change((Kind::PaymentIntent, id), "payment_intent.requires_action", |body| {
            body.insert("status".into(), json!("requires_action"));
            body.insert("payment_method".into(), json!(method));
            body.insert("next_action".into(), action);
        });
        return Outcome::RequiresAction;
    }
    let declined = match outcome {
        Some(Outcome::Declined(code)) => Some(code),
        _ => None,
    };
    let manual = work
        .ledger
        .get(Kind::PaymentIntent, id)
        .is_some_and(|intent| text_of(intent, "capture_method") == "manual");
    let charge = charge(work, id, method, (declined, manual));
    if let Some(code) = declined {
        refused(work, id, &charge, code);
        return Outcome::Declined(code);
    }
    accepted(work, id, method, &charge);
    Outcome::Succeeded(charge)
}

fn refused(work: &mut Work, id: &str, charge: &str, code: &str) {
    let error = json!({
        "type": "card_error",
        "code": "card_declined",
        "decline_code": code,
        "charge": charge,
        "message": "Your card was declined."
    });
    work.tell("charge.failed", Kind::Charge, charge, None);
    work.change((Kind::PaymentIntent, id), "payment_intent.payment_failed", |body| {
        body.insert("status".into(), json!("requires_payment_method"));
        body.insert("latest_charge".into(), json!(charge));
        body.insert("payment_method".into(), Value::Null);
        body.insert("last_payment_error".into(), error);
    });
}

fn accepted(work: &mut Work, id: &str, method: &str, charge: &str) {
    let Some(intent) = work.ledger.get(Kind::PaymentIntent, id).cloned() else { return };
    let manual = text_of(&intent, "capture_method") == "manual";
    let amount = int(&intent, "amount");
    let (status, event) = if manual {
        ("requires_capture", "payment_intent.amount_capturable_updated")
    } else {
        ("succeeded", "payment_intent.succeeded")
    };
    if !manual {
        balance::earn(work, charge, amount);
    }
    work.tell("charge.succeeded", Kind::Charge, charge, None);
    work.change((Kind::PaymentIntent, id), event, |body| {
        body.insert("status".into(), json!(status));
        body.insert("payment_method".into(), json!(method));
        body.insert("latest_charge".into(), json!(charge));
        body.insert("last_payment_error".into(), Value::Null);
        body.insert("next_action".into(), Value::Null);
        let name = if manual { "amount_capturable" } else { "amount_received" };
        body.insert(name.into(), json!(amount));
    });
}

/// What a decline writes on a charge.
fn failure(code: &str) -> Object {
    object(json!({
        "failure_code": "card_declined",
        "failure_message": "Your card was declined.",
        "outcome": {
            "network_status": "declined_by_network",
            "reason": code,
            "risk_level": "normal",
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined"
        },
        "paid": false,
        "status": "failed"
    }))
}

/// Stores the charge of an intent; failed when there is a decline code.
fn charge(work: &mut Work, intent: &str, method: &str, (declined, manual): (Option<&str>, bool)) -> String {
    let Some(intent) = work.ledger.get(Kind::PaymentIntent, intent).cloned() else { return String::new() };
    let own = |name: &str| intent.get(name).cloned().unwrap_or_default();
    let id = work.ledger.fresh_id(Kind::Charge);
    let captured = declined.is_none() && !manual;
    let known = json!({
        "id": id,
        "amount": own("amount"),
        "amount_captured": if captured { own("amount") } else { json!(0) },
        "captured": captured,
        "created": work.now(),
        "currency": own("currency"),
        "customer": own("customer"),
        "description": own("description"),
        "livemode": work.ledger.livemode,
        "metadata": own("metadata"),
        "payment_intent": own("id"),
        "payment_method": method,
        "receipt_email": own("receipt_email"),
        "receipt_url": format!("https://pay.stripe.com/receipts/payment/{id}"),
        "shipping": own("shipping"),
        "statement_descriptor": own("statement_descriptor"),
        "statement_descriptor_suffix": own("statement_descriptor_suffix"),
        "transfer_group": own("transfer_group"),
        "_invoice": own("_invoice")
    });
    let mut body = filled(CHARGE, known);
    if let Some(code) = declined {
        body.extend(failure(code));
    }
    work.add(Kind::Charge, body)
}
