//! Money for an invoice: by card, outside, or none needed.

use serde_json::{Value, json};

use super::confirm::{self, Outcome};
use super::customers::known_method;
use super::lifecycle::{in_state, moved};
use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, int, is, object};

pub(super) fn pay(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let invoice = work.find(Kind::Invoice, id, "id")?;
    if text_of(&invoice, "status") == "paid" {
        return Err(Refusal::state("", "", "Invoice is already paid"));
    }
    let message = "You can only pay open or uncollectible invoices; finalize a draft first.";
    let invoice = in_state(work, id, &["open", "uncollectible"], message)?;
    if is(params, "paid_out_of_band") {
        let intent = text_of(&invoice, "_payment_intent").to_owned();
        confirm::drop_intent(work, &intent, "automatic");
        work.alter(Kind::Invoice, id, |body| {
            let outside = int(body, "_out_of_band") + int(body, "amount_remaining");
            body.insert("_out_of_band".into(), json!(outside));
            body.insert("amount_remaining".into(), json!(0));
        });
        settle(work, id);
        return Ok(id.to_owned());
    }
    let method = given(params, "payment_method");
    if let Some(method) = method {
        known_method(method, "payment_method")?;
    }
    charge(work, id, method, "manual")?;
    Ok(id.to_owned())
}

/// The method an invoice is charged with: asked for, its own, or the customer's.
fn method_of(work: &Work, invoice: &Object, asked: Option<&str>) -> Option<String> {
    let customer = work.ledger.get(Kind::Customer, text_of(invoice, "customer"));
    let settings = customer.and_then(|customer| customer.get("invoice_settings"));
    let customers = settings.and_then(|settings| settings["default_payment_method"].as_str());
    let found = asked.or_else(|| given(invoice, "default_payment_method")).or(customers);
    found.map(str::to_owned)
}

/// Tries to collect what an open invoice still wants. The payment intent may have been changed when
/// it is refused.
pub(super) fn charge(work: &mut Work, id: &str, asked: Option<&str>, how: &str) -> Result<(), Refusal> {
    let Some(invoice) = work.ledger.get(Kind::Invoice, id).cloned() else { return Ok(()) };
    let intent = text_of(&invoice, "_payment_intent").to_owned();
    let Some(method) = method_of(work, &invoice, asked) else {
        attempted(work, id, how);
        let message = "There is no `default_payment_method` set on this Customer or Invoice. Please set either field prior to finalizing this Invoice.";
        return Err(Refusal::state("missing", "", message));
    };
    match confirm::confirm(work, &intent, &method) {
        Outcome::Succeeded(charge) => {
            work.alter(Kind::Invoice, id, |body| {
                let paid = int(body, "amount_paid") + int(body, "amount_remaining");
                body.insert("amount_paid".into(), json!(paid));
                body.insert("amount_remaining".into(), json!(0));
                body.insert("_charge".into(), json!(charge));
                body.insert("attempted".into(), json!(true));
                body.insert("attempt_count".into(), json!(int(body, "attempt_count") + 1));
            });
            settle(work, id);
            Ok(())
        }
        Outcome::Declined(code) => {
            attempted(work, id, how);
            Err(Refusal::declined(code, work.shown(Kind::PaymentIntent, &intent)))
        }
        Outcome::RequiresAction => {
            attempted(work, id, how);
            let message =
                "This payment requires additional user action before it can be completed successfully.";
            Err(Refusal::action_required(message, work.shown(Kind::PaymentIntent, &intent)))
        }
    }
}

fn attempted(work: &mut Work, id: &str, how: &str) {
    let next = (how == "auto").then(|| work.now() + 3 * 86_400);
    work.change((Kind::Invoice, id), "invoice.payment_failed", |body| {
        body.insert("attempted".into(), json!(true));
        body.insert("attempt_count".into(), json!(int(body, "attempt_count") + 1));
        body.insert("next_payment_attempt".into(), json!(next));
    });
}

/// An invoice that wants nothing more is paid.
pub(super) fn settle(work: &mut Work, id: &str) {
    let now = work.now();
    let payment = work.ledger.get(Kind::Invoice, id).map(|body| text_of(body, "_payment").to_owned());
    let payment = payment.filter(|payment| !payment.is_empty());
    if let Some(payment) = payment {
        let received = work.ledger.get(Kind::Invoice, id).map_or(0, |body| int(body, "amount_paid"));
        work.alter(Kind::InvoicePayment, &payment, |body| {
            let status = if received > 0 { "paid" } else { "canceled" };
            let stamp = if received > 0 { "paid_at" } else { "canceled_at" };
            body.insert("status".into(), json!(status));
            body.insert("amount_paid".into(), json!((received > 0).then_some(received)));
            let mut stamps = body.get("status_transitions").cloned().map(object).unwrap_or_default();
            stamps.insert(stamp.into(), json!(now));
            body.insert("status_transitions".into(), Value::Object(stamps));
        });
        if received > 0 {
            work.tell("invoice_payment.paid", Kind::InvoicePayment, &payment, None);
        }
    }
    moved(work, id, ("paid", "paid_at"), "invoice.paid");
    work.tell("invoice.payment_succeeded", Kind::Invoice, id, None);
}
