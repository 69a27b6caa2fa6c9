//! Refunds of charges.

use serde_json::{Value, json};

use super::balance;
use super::blanks::{REFUND, filled};
use crate::kit::decimals::{Object, text_of};
use crate::stripe::currency;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, int, is, take};

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let charge = match (given(params, "charge"), given(params, "payment_intent")) {
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: charge, payment_intent.";
            return Err(Refusal::invalid("", "charge", message));
        }
        (Some(charge), None) => charge.to_owned(),
        (None, Some(intent)) => {
            let own = work.find(Kind::PaymentIntent, intent, "payment_intent")?;
            if text_of(&own, "status") != "succeeded" {
                let message =
                    format!("This PaymentIntent ({intent}) does not have a successful charge to refund.");
                return Err(Refusal::state("", "payment_intent", message));
            }
            text_of(&own, "latest_charge").to_owned()
        }
        (None, None) => {
            let message =
                "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(Refusal::invalid("parameter_missing", "charge", message));
        }
    };
    let amount = params.get("amount").and_then(Value::as_i64);
    let mut pairs = Object::new();
    take(&mut pairs, params, &[])?;
    let id = refund(work, &charge, amount, given(params, "reason"))?;
    work.alter(Kind::Refund, &id, |body| body.extend(pairs));
    tell(work, &id, &charge);
    Ok(id)
}

fn tell(work: &mut Work, id: &str, charge: &str) {
    work.tell("charge.refunded", Kind::Charge, charge, None);
    work.tell("refund.created", Kind::Refund, id, None);
}

/// Refunds a charge for a credit note, and tells of it.
pub(super) fn of_credit_note(work: &mut Work, charge: &str, amount: i64) -> Result<String, Refusal> {
    let id = refund(work, charge, Some(amount), None)?;
    tell(work, &id, charge);
    Ok(id)
}

/// Whether so much of a charge can be given back.
fn check(own: &Object, amount: i64, left: i64) -> Result<(), Refusal> {
    let (charge, code) = (text_of(own, "id"), text_of(own, "currency"));
    if is(own, "refunded") {
        let message = format!("Charge {charge} has already been refunded.");
        return Err(Refusal::state("charge_already_refunded", "", message));
    }
    if is(own, "disputed") {
        let message = format!("Charge {charge} has been charged back; cannot issue a refund.");
        return Err(Refusal::state("charge_disputed", "", message));
    }
    if amount < 1 {
        return Err(Refusal::invalid("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            currency::shown(amount, code),
            currency::shown(left, code)
        );
        return Err(Refusal::state("", "amount", message));
    }
    Ok(())
}

/// Refunds `amount`, or all that is left, of a charge.
fn refund(
    work: &mut Work,
    charge: &str,
    amount: Option<i64>,
    reason: Option<&str>,
) -> Result<String, Refusal> {
    let own = work.find(Kind::Charge, charge, "charge")?;
    let left = int(&own, "amount_captured") - int(&own, "amount_refunded");
    let code = text_of(&own, "currency").to_owned();
    let amount = amount.unwrap_or(left);
    check(&own, amount, left)?;
    let id = work.ledger.fresh_id(Kind::Refund);
    let movement = balance::book(work, ("refund", "refund", &id), (-amount, 0), &code);
    let known = json!({
        "id": id,
        "amount": amount,
        "balance_transaction": movement,
        "charge": charge,
        "created": work.now(),
        "currency": code,
        "payment_intent": own["payment_intent"],
        "reason": reason
    });
    let body = filled(REFUND, known);
    work.add(Kind::Refund, body);
    work.alter(Kind::Charge, charge, |body| {
        body.insert("amount_refunded".into(), json!(int(body, "amount_refunded") + amount));
        body.insert("refunded".into(), json!(left == amount));
    });
    Ok(id)
}

/// Only metadata can be changed.
pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Refund, id, "id")?;
    let mut body = (*before).clone();
    take(&mut body, params, &[])?;
    if body != *before {
        work.change((Kind::Refund, id), "refund.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}
