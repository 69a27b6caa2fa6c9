//! From draft to open, uncollectible and void (fact sheet, "Invoice flow").

use serde_json::{Value, json};

use super::confirm;
use super::lines::not_editable;
use super::paying;
use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, int, is, object};

pub(super) fn finalize(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let invoice = work.find(Kind::Invoice, id, "id")?;
    if text_of(&invoice, "status") != "draft" {
        let message = "This invoice is already finalized, you can't re-finalize a non-draft invoice.";
        return Err(Refusal::state("invoice_not_editable", "", message));
    }
    let advances = params.get("auto_advance").and_then(Value::as_bool);
    finalize_draft(work, id, advances);
    Ok(id.to_owned())
}

/// A draft's hour is over.
pub(crate) fn auto_finalize(work: &mut Work, id: &str) {
    let is_draft = work.ledger.get(Kind::Invoice, id).is_some_and(|body| text_of(body, "status") == "draft");
    if is_draft {
        finalize_draft(work, id, None);
    }
}

fn finalize_draft(work: &mut Work, id: &str, advances: Option<bool>) {
    let number = next_number(work, id);
    let now = work.now();
    let Some(invoice) = work.ledger.get(Kind::Invoice, id).cloned() else { return };
    let sum = int(&invoice, "total") + take_balance(work, &invoice);
    let due = sum.max(0);
    let intent = (due > 0).then(|| confirm::intent_of_invoice(work, &invoice, due));
    let before = work.alter(Kind::Invoice, id, |body| {
        opened(body, (sum, &number), now);
        if let Some((intent, payment)) = intent {
            body.insert("_payment_intent".into(), json!(intent));
            body.insert("_payment".into(), json!(payment));
        }
        if let Some(advances) = advances {
            body.insert("auto_advance".into(), json!(advances));
        }
    });
    work.tell("invoice.finalized", Kind::Invoice, id, Some(&before));
    work.tell("invoice.updated", Kind::Invoice, id, Some(&before));
    if due == 0 {
        paying::settle(work, id);
        return;
    }
    let automatic = work.ledger.get(Kind::Invoice, id).is_some_and(|body| {
        is(body, "auto_advance") && text_of(body, "collection_method") == "charge_automatically"
    });
    if automatic {
        // A decline shows on the invoice and in `invoice.payment_failed`.
        let _ = paying::charge(work, id, None, "auto");
    }
}

/// What finalizing writes on an invoice over `sum`, balance included.
fn opened(body: &mut Object, (sum, number): (i64, &str), now: i64) {
    let id = text_of(body, "id").to_owned();
    if body.get("number").is_none_or(Value::is_null) {
        body.insert("number".into(), json!(number));
    }
    if body.get("effective_at").is_none_or(Value::is_null) {
        body.insert("effective_at".into(), json!(now));
    }
    body["status_transitions"]["finalized_at"] = json!(now);
    let due = sum.max(0);
    let known = json!({
        "status": "open",
        "automatically_finalizes_at": null,
        "starting_balance": sum - int(body, "total"),
        "ending_balance": sum.min(0),
        "amount_due": due,
        "amount_remaining": due,
        "hosted_invoice_url": format!("https://invoice.stripe.com/i/{id}"),
        "invoice_pdf": format!("https://pay.stripe.com/invoice/{id}/pdf")
    });
    body.extend(object(known));
}

/// The customer's prefix and running number; the number is `null` until now.
fn next_number(work: &mut Work, id: &str) -> String {
    let customer = work.ledger.get(Kind::Invoice, id).map(|body| text_of(body, "customer").to_owned());
    let customer = customer.unwrap_or_default();
    let own = work.ledger.get(Kind::Customer, &customer).cloned().unwrap_or_default();
    let sequence = int(&own, "next_invoice_sequence").max(1);
    if work.ledger.get(Kind::Customer, &customer).is_some() {
        work.alter(Kind::Customer, &customer, |body| {
            body.insert("next_invoice_sequence".into(), json!(sequence + 1));
        });
    }
    format!("{}-{sequence:04}", text_of(&own, "invoice_prefix"))
}

/// The customer's balance goes into the invoice; what a credit leaves over stays with the customer.
fn take_balance(work: &mut Work, invoice: &Object) -> i64 {
    let customer = text_of(invoice, "customer");
    let Some(own) = work.ledger.get(Kind::Customer, customer).cloned() else { return 0 };
    let balance = int(&own, "balance");
    if balance == 0 {
        return 0;
    }
    let left = (int(invoice, "total") + balance).min(0);
    work.change((Kind::Customer, customer), "customer.updated", |body| {
        body.insert("balance".into(), json!(left));
    });
    balance
}

/// The invoice in one of these states.
pub(super) fn in_state(work: &Work, id: &str, states: &[&str], message: &str) -> Result<Object, Refusal> {
    let invoice = work.find(Kind::Invoice, id, "id")?;
    if states.contains(&text_of(&invoice, "status")) {
        return Ok((*invoice).clone());
    }
    Err(Refusal::state("", "", message))
}

pub(super) fn send(work: &mut Work, id: &str) -> Result<String, Refusal> {
    let invoice = work.find(Kind::Invoice, id, "id")?;
    if text_of(&invoice, "collection_method") != "send_invoice" {
        let message = "You can only manually send an invoice if its collection method is 'send_invoice'.";
        return Err(Refusal::state("", "", message));
    }
    match text_of(&invoice, "status") {
        "draft" => finalize_draft(work, id, None),
        "open" | "paid" | "uncollectible" => {}
        _ => return Err(not_editable()),
    }
    work.tell("invoice.sent", Kind::Invoice, id, None);
    Ok(id.to_owned())
}

pub(super) fn void(work: &mut Work, id: &str) -> Result<String, Refusal> {
    let message =
        "You can only pass in open or uncollectible invoices. This invoice isn't open or uncollectible.";
    let invoice = in_state(work, id, &["open", "uncollectible"], message)?;
    confirm::drop_intent(work, text_of(&invoice, "_payment_intent"), "void_invoice");
    moved(work, id, ("void", "voided_at"), "invoice.voided");
    Ok(id.to_owned())
}

pub(super) fn mark_uncollectible(work: &mut Work, id: &str) -> Result<String, Refusal> {
    in_state(work, id, &["open"], "You can only mark open invoices as uncollectible.")?;
    let state = ("uncollectible", "marked_uncollectible_at");
    moved(work, id, state, "invoice.marked_uncollectible");
    Ok(id.to_owned())
}

/// Puts an invoice into a state and tells of it.
pub(super) fn moved(work: &mut Work, id: &str, (status, stamp): (&str, &str), event: &str) {
    let now = work.now();
    let before = work.alter(Kind::Invoice, id, |body| {
        body.insert("status".into(), json!(status));
        let mut stamps = body.get("status_transitions").cloned().map(object).unwrap_or_default();
        stamps.insert(stamp.to_owned(), json!(now));
        body.insert("status_transitions".into(), Value::Object(stamps));
    });
    work.tell(event, Kind::Invoice, id, Some(&before));
    work.tell("invoice.updated", Kind::Invoice, id, Some(&before));
}
