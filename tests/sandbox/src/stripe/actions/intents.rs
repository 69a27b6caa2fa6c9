//! Payment intents and charges.

use serde_json::{Value, json};

use super::balance;
use super::confirm::{self, Outcome};
use super::customers::{known_method, whole_address};
use super::paying;
use super::prices::check_minor;
use crate::kit::decimals::{Object, text_of};
use crate::stripe::currency;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, int, is, take};

/// The most that can be charged, in the smallest unit.
const MOST: i64 = 99_999_999;

const PLAIN: &[&str] = &[
    "automatic_payment_methods",
    "capture_method",
    "confirmation_method",
    "customer",
    "description",
    "payment_method",
    "payment_method_types",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
];

fn check_amount(amount: i64, code: &str) -> Result<(), Refusal> {
    let least = currency::minimum_charge(code);
    if amount < 1 {
        return Err(Refusal::invalid(
            "parameter_invalid_integer",
            "amount",
            "This value must be greater than or equal to 1.",
        ));
    }
    if amount < least {
        let message = format!("Amount must be at least {}", currency::shown(least, code));
        return Err(Refusal::state("amount_too_small", "amount", message));
    }
    if amount > MOST && currency::exponent(code) == Some(2) {
        let message = format!("Amount must be no more than {}", currency::shown(MOST, code));
        return Err(Refusal::state("amount_too_large", "amount", message));
    }
    check_minor(amount, code, "amount")
}

fn fill(work: &Work, body: &mut Object, params: &Object) -> Result<(), Refusal> {
    take(body, params, PLAIN)?;
    if let Some(customer) = given(params, "customer") {
        work.find(Kind::Customer, customer, "customer")?;
    }
    if let Some(method) = given(params, "payment_method") {
        known_method(method, "payment_method")?;
    }
    if let Some(shipping) = params.get("shipping") {
        let mut shipping = shipping.clone();
        if shipping.is_object() {
            shipping["address"] = whole_address(&shipping["address"]);
        }
        body.insert("shipping".into(), shipping);
    }
    Ok(())
}

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let amount = params.get("amount").and_then(Value::as_i64).unwrap_or_default();
    let currency = text_of(params, "currency");
    check_amount(amount, currency)?;
    let confirms = is(params, "confirm");
    if !confirms && (params.contains_key("off_session") || params.contains_key("error_on_requires_action")) {
        let message = "This parameter is only allowed when confirm is true.";
        return Err(Refusal::invalid("", "off_session", message));
    }
    let mut body = confirm::blank(work, amount, currency);
    fill(work, &mut body, params)?;
    let method = given(params, "payment_method");
    if confirms && method.is_none() {
        return Err(no_method());
    }
    if method.is_some() {
        body.insert("status".into(), json!("requires_confirmation"));
    }
    let id = work.add(Kind::PaymentIntent, body);
    work.tell("payment_intent.created", Kind::PaymentIntent, &id, None);
    if let Some(method) = method.filter(|_| confirms) {
        tried(work, &id, method, is(params, "error_on_requires_action"))?;
    }
    Ok(id)
}

fn no_method() -> Refusal {
    let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
    Refusal::state("payment_intent_unexpected_state", "", message)
}

fn wrong_state(intent: &Object, what: &str) -> Refusal {
    let status = text_of(intent, "status");
    let message = format!("You cannot {what} this PaymentIntent because it has a status of {status}.");
    Refusal::state("payment_intent_unexpected_state", "", message)
}

fn tried(work: &mut Work, id: &str, method: &str, strict: bool) -> Result<(), Refusal> {
    let invoice = work.ledger.get(Kind::PaymentIntent, id).map(|body| text_of(body, "_invoice").to_owned());
    if let Some(invoice) = invoice.filter(|invoice| !invoice.is_empty()) {
        return paying::charge(work, &invoice, Some(method), "manual");
    }
    match confirm::confirm(work, id, method) {
        Outcome::Declined(code) => Err(Refusal::declined(code, work.shown(Kind::PaymentIntent, id))),
        Outcome::RequiresAction if strict => {
            let message = "Your card was declined. This transaction requires authentication.";
            Err(Refusal::action_required(message, work.shown(Kind::PaymentIntent, id)))
        }
        Outcome::Succeeded(_) | Outcome::RequiresAction => Ok(()),
    }
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::PaymentIntent, id, "id")?;
    let money = params.contains_key("amount") || params.contains_key("currency");
    let open = text_of(&before, "status").starts_with("requires_")
        && text_of(&before, "status") != "requires_capture";
    if money && !open {
        return Err(wrong_state(&before, "update the amount of"));
    }
    let mut body = (*before).clone();
    fill(work, &mut body, params)?;
    take(&mut body, params, &["amount", "currency"])?;
    if money {
        check_amount(int(&body, "amount"), text_of(&body, "currency"))?;
    }
    if given(params, "payment_method").is_some() && open {
        body.insert("status".into(), json!("requires_confirmation"));
    }
    if body != *before {
        work.alter(Kind::PaymentIntent, id, |own| *own = body);
    }
    Ok(id.to_owned())
}

pub(super) fn confirm(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let intent = work.find(Kind::PaymentIntent, id, "id")?;
    let confirmable = ["requires_payment_method", "requires_confirmation", "requires_action"];
    if !confirmable.contains(&text_of(&intent, "status")) {
        return Err(wrong_state(&intent, "confirm"));
    }
    let method =
        given(params, "payment_method").or_else(|| given(&intent, "payment_method")).ok_or_else(no_method)?;
    known_method(method, "payment_method")?;
    tried(work, id, method, is(params, "error_on_requires_action"))?;
    Ok(id.to_owned())
}

pub(super) fn capture(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let intent = work.find(Kind::PaymentIntent, id, "id")?;
    if text_of(&intent, "status") != "requires_capture" {
        return Err(wrong_state(&intent, "capture"));
    }
    let most = int(&intent, "amount_capturable");
    let amount = params.get("amount_to_capture").and_then(Value::as_i64).unwrap_or(most);
    if amount < 1 || amount > most {
        let message = format!("The amount to capture must be between 1 and {most}.");
        return Err(Refusal::state("amount_too_large", "amount_to_capture", message));
    }
    let charge = text_of(&intent, "latest_charge").to_owned();
    balance::earn(work, &charge, amount);
    work.tell("charge.captured", Kind::Charge, &charge, None);
    let mut changed = (*intent).clone();
    take(&mut changed, params, &["statement_descriptor", "statement_descriptor_suffix"])?;
    work.change((Kind::PaymentIntent, id), "payment_intent.succeeded", |body| {
        *body = changed;
        body.insert("status".into(), json!("succeeded"));
        body.insert("amount_capturable".into(), json!(0));
        body.insert("amount_received".into(), json!(amount));
    });
    Ok(id.to_owned())
}

pub(super) fn cancel(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let intent = work.find(Kind::PaymentIntent, id, "id")?;
    if !text_of(&intent, "status").starts_with("requires_") {
        return Err(wrong_state(&intent, "cancel"));
    }
    if given(&intent, "_invoice").is_some() {
        let message = "This PaymentIntent belongs to an invoice; void the invoice instead.";
        return Err(Refusal::state("payment_intent_unexpected_state", "", message));
    }
    let (now, reason) = (work.now(), given(params, "cancellation_reason"));
    work.change((Kind::PaymentIntent, id), "payment_intent.canceled", |body| {
        body.insert("status".into(), json!("canceled"));
        body.insert("amount_capturable".into(), json!(0));
        body.insert("cancellation_reason".into(), json!(reason));
        body.insert("canceled_at".into(), json!(now));
    });
    Ok(id.to_owned())
}

pub(super) fn update_charge(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Charge, id, "id")?;
    let mut body = (*before).clone();
    take(&mut body, params, &["description", "receipt_email", "shipping", "transfer_group"])?;
    if body != *before {
        work.change((Kind::Charge, id), "charge.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}
