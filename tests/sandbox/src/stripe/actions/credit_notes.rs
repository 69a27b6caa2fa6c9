//! Credit notes: the only way to change what a finalized invoice is about.

use serde_json::{Value, json};

use super::confirm;
use super::credit_lines::lines_of;
use super::paying;
use super::refunds;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::currency;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, int, object, take};

/// How a credit note is divided.
struct Split {
    /// Takes away from what is still wanted.
    pre: i64,
    /// Given back: to the card, as credit, or outside.
    post: i64,
}

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let invoice_id = text_of(params, "invoice").to_owned();
    let invoice = work.find(Kind::Invoice, &invoice_id, "invoice")?;
    let status = text_of(&invoice, "status");
    if !matches!(status, "open" | "paid" | "uncollectible") {
        let message = format!(
            "You can only create credit notes for open, uncollectible or paid invoices. This invoice is {status}."
        );
        return Err(Refusal::state("", "invoice", message));
    }
    let lines = lines_of(work, &invoice, params)?;
    let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    let split = split(&invoice, total)?;
    let mut linked = linked_refunds(work, params)?;
    check_return(&invoice, params, &split, &linked)?;
    let mut body = blank(work, &invoice, (total, &split), &lines);
    take(&mut body, params, &["effective_at", "memo", "out_of_band_amount", "reason"])?;
    // The refund comes first: it is the only step that can still be refused.
    let back = int(params, "refund_amount");
    if back > 0 {
        let charge = given(&invoice, "_charge").ok_or_else(|| {
            Refusal::state("", "refund_amount", "This invoice has no charge that could be refunded.")
        })?;
        let refund = refunds::of_credit_note(work, charge, back)?;
        linked.push(json!({"refund": refund, "amount_refunded": back}));
    }
    body.insert("_refunds".into(), Value::Array(linked));
    let credit = int(params, "credit_amount");
    if credit > 0 {
        let id = credit_customer(work, text_of(&invoice, "customer"), credit);
        body.insert("customer_balance_transaction".into(), json!(id));
    }
    let id = work.add(Kind::CreditNote, body);
    lower_invoice(work, &invoice_id, &split);
    work.tell("credit_note.created", Kind::CreditNote, &id, None);
    Ok(id)
}

/// What can be credited: first what is still wanted, then what was received.
fn split(invoice: &Object, total: i64) -> Result<Split, Refusal> {
    if total < 1 {
        return Err(Refusal::invalid("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    let wanted = if text_of(invoice, "status") == "paid" { 0 } else { int(invoice, "amount_remaining") };
    let received = int(invoice, "amount_paid") + int(invoice, "_out_of_band")
        - int(invoice, "post_payment_credit_notes_amount");
    let pre = total.min(wanted);
    let post = total - pre;
    if post > received {
        let code = text_of(invoice, "currency");
        let message = format!(
            "The sum of credit notes for this invoice cannot exceed the amount that can still be credited ({}).",
            currency::shown(wanted + received, code)
        );
        return Err(Refusal::state("", "amount", message));
    }
    Ok(Split { pre, post })
}

/// Refunds made before that belong to this credit note.
fn linked_refunds(work: &Work, params: &Object) -> Result<Vec<Value>, Refusal> {
    let mut linked = Vec::new();
    if let Some(id) = given(params, "refund") {
        let refund = work.find(Kind::Refund, id, "refund")?;
        linked.push(json!({"refund": id, "amount_refunded": refund["amount"]}));
    }
    for one in items_of(params, "refunds") {
        let id = one["refund"].as_str().unwrap_or_default();
        let refund = work.find(Kind::Refund, id, "refunds")?;
        let amount = one["amount_refunded"].as_i64().unwrap_or_else(|| int(&refund, "amount"));
        linked.push(json!({"refund": id, "amount_refunded": amount}));
    }
    Ok(linked)
}

/// After payment, refund, credit and outside amounts make up the sum given back.
fn check_return(invoice: &Object, params: &Object, split: &Split, linked: &[Value]) -> Result<(), Refusal> {
    let linked: i64 = linked.iter().filter_map(|refund| refund["amount_refunded"].as_i64()).sum();
    let back = int(params, "refund_amount")
        + int(params, "credit_amount")
        + int(params, "out_of_band_amount")
        + linked;
    if back == split.post {
        return Ok(());
    }
    let code = text_of(invoice, "currency");
    let message = format!(
        "The sum of credit amount, refund amount and out of band amount ({}) must equal the post payment credit note amount ({}).",
        currency::shown(back, code),
        currency::shown(split.post, code)
    );
    Err(Refusal::state("", "", message))
}

fn blank(work: &mut Work, invoice: &Object, (total, split): (i64, &Split), lines: &[Value]) -> Object {
    let id = work.ledger.fresh_id(Kind::CreditNote);
    let number = int(invoice, "_credit_notes") + 1;
    let kind = match (split.pre, split.post) {
        (_, 0) => "pre_payment",
        (0, _) => "post_payment",
        _ => "mixed",
    };
    object(json!({
        "id": id,
        "object": "credit_note",
        "amount": total,
        "amount_shipping": 0,
        "created": work.now(),
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_balance_transaction": null,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": work.now(),
        "invoice": invoice["id"],
        "livemode": work.ledger.livemode,
        "memo": null,
        "metadata": {},
        "number": format!("{}-CN-{number:02}", text_of(invoice, "number")),
        "out_of_band_amount": null,
        "pdf": format!("https://pay.stripe.com/credit_notes/{id}/pdf"),
        "reason": null,
        "shipping_cost": null,
        "status": "issued",
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_excluding_tax": total,
        "type": kind,
        "voided_at": null,
        "_lines": lines,
        "_pre": split.pre,
        "_post": split.post
    }))
}

fn credit_customer(work: &mut Work, customer: &str, amount: i64) -> String {
    if work.ledger.get(Kind::Customer, customer).is_some() {
        work.change((Kind::Customer, customer), "customer.updated", |body| {
            body.insert("balance".into(), json!(int(body, "balance") - amount));
        });
    }
    work.ledger.ids.base62("cbtxn_", 24)
}

fn lower_invoice(work: &mut Work, id: &str, split: &Split) {
    work.change((Kind::Invoice, id), "invoice.updated", |body| {
        let more = |body: &mut Object, name: &str, by: i64| {
            body.insert(name.into(), json!(int(body, name) + by));
        };
        more(body, "pre_payment_credit_notes_amount", split.pre);
        more(body, "post_payment_credit_notes_amount", split.post);
        more(body, "amount_due", -split.pre);
        more(body, "amount_remaining", -split.pre);
        more(body, "_credit_notes", 1);
    });
    let Some(invoice) = work.ledger.get(Kind::Invoice, id).cloned() else { return };
    if split.pre == 0 {
        return;
    }
    let intent = text_of(&invoice, "_payment_intent").to_owned();
    let left = int(&invoice, "amount_remaining");
    if left == 0 {
        confirm::drop_intent(work, &intent, "automatic");
        paying::settle(work, id);
    } else {
        wanted(work, &intent, left);
    }
}

/// The payment intent of an invoice wants this much now.
fn wanted(work: &mut Work, intent: &str, amount: i64) {
    if work.ledger.get(Kind::PaymentIntent, intent).is_some() {
        work.alter(Kind::PaymentIntent, intent, |body| {
            body.insert("amount".into(), json!(amount));
        });
    }
}

/// Memo and metadata only.
pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::CreditNote, id, "id")?;
    let mut body = (*before).clone();
    take(&mut body, params, &["memo"])?;
    if body != *before {
        work.change((Kind::CreditNote, id), "credit_note.updated", |own| *own = body);
    }
    Ok(id.to_owned())
}

/// Only before payment, while the invoice is open.
pub(super) fn void(work: &mut Work, id: &str) -> Result<String, Refusal> {
    let note = work.find(Kind::CreditNote, id, "id")?;
    let invoice_id = text_of(&note, "invoice").to_owned();
    let invoice = work.find(Kind::Invoice, &invoice_id, "invoice")?;
    let is_open = text_of(&invoice, "status") == "open";
    if text_of(&note, "status") != "issued" || text_of(&note, "type") != "pre_payment" || !is_open {
        let message = "You can only void credit notes that are issued on open invoices.";
        return Err(Refusal::state("", "", message));
    }
    let now = work.now();
    work.change((Kind::CreditNote, id), "credit_note.voided", |body| {
        body.insert("status".into(), json!("void"));
        body.insert("voided_at".into(), json!(now));
    });
    let amount = int(&note, "_pre");
    work.change((Kind::Invoice, &invoice_id), "invoice.updated", |body| {
        for (name, by) in [
            ("pre_payment_credit_notes_amount", -amount),
            ("amount_due", amount),
            ("amount_remaining", amount),
        ] {
            body.insert(name.into(), json!(int(body, name) + by));
        }
    });
    let left = int(&invoice, "amount_remaining") + amount;
    wanted(work, text_of(&invoice, "_payment_intent"), left);
    Ok(id.to_owned())
}
