//! Drafts: made, edited, deleted.

use serde_json::{Value, json};

use super::blanks::{INVOICE, filled};
use super::customers::known_method;
use super::lines::{not_editable, recount};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::version::PENDING_EXCLUDED;
use crate::stripe::work::{Work, given, is, take};

/// Time between a draft's notice being taken and its finalization (fact sheet, "Invoice flow").
pub(crate) const GRACE_S: i64 = 3600;
/// The longest a draft waits for its notice to be taken.
pub(crate) const PATIENCE_S: i64 = 72 * 3600;

const PLAIN: &[&str] = &[
    "auto_advance",
    "collection_method",
    "custom_fields",
    "default_payment_method",
    "description",
    "due_date",
    "effective_at",
    "footer",
    "number",
    "statement_descriptor",
];

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let customer_id = text_of(params, "customer").to_owned();
    let customer = work.find(Kind::Customer, &customer_id, "customer")?;
    let currency =
        given(params, "currency").or_else(|| given(&customer, "currency")).unwrap_or("usd").to_owned();
    let items = pending(work, params, &customer_id, &currency)?;
    let id = work.ledger.fresh_id(Kind::Invoice);
    let mut body = blank(work, &id, &customer, &currency);
    fill(&mut body, params)?;
    due(&mut body, params, work.now())?;
    work.add(Kind::Invoice, body);
    for item in items.iter().filter_map(Value::as_str) {
        work.alter(Kind::InvoiceItem, item, |own| {
            own.insert("invoice".into(), json!(id));
        });
    }
    recount(work, &id, items);
    schedule(work, &id);
    work.tell("invoice.created", Kind::Invoice, &id, None);
    Ok(id)
}

/// The pending items a new draft takes in. Since 2022-08-01 none unless asked
/// (fact sheet, "Traps": double lines).
fn pending(work: &Work, params: &Object, customer: &str, currency: &str) -> Result<Vec<Value>, Refusal> {
    let default = if work.version.since(PENDING_EXCLUDED) { "exclude" } else { "include" };
    let behaviour = given(params, "pending_invoice_items_behavior").unwrap_or(default);
    if behaviour == "exclude" {
        return Ok(Vec::new());
    }
    let mut items: Vec<Value> = work
        .ledger
        .table(Kind::InvoiceItem)
        .newest()
        .filter(|(_, item)| {
            text_of(item, "customer") == customer
                && text_of(item, "currency") == currency
                && item.get("invoice").is_none_or(Value::is_null)
        })
        .map(|(_, item)| item["id"].clone())
        .collect();
    items.reverse();
    if items.is_empty() && behaviour == "include_and_require" {
        return Err(Refusal::state("invoice_no_customer_line_items", "", "Nothing to invoice for customer"));
    }
    Ok(items)
}

fn blank(work: &Work, id: &str, customer: &Object, currency: &str) -> Object {
    let own = |name: &str| customer.get(name).cloned().unwrap_or_default();
    let now = work.now();
    let known = json!({
        "id": id,
        "created": now,
        "currency": currency,
        "customer": own("id"),
        "customer_address": own("address"),
        "customer_email": own("email"),
        "customer_name": own("name"),
        "customer_phone": own("phone"),
        "customer_shipping": own("shipping"),
        "customer_tax_exempt": own("tax_exempt"),
        "livemode": work.ledger.livemode,
        "period_end": now,
        "period_start": now
    });
    filled(INVOICE, known)
}

fn fill(body: &mut Object, params: &Object) -> Result<(), Refusal> {
    take(body, params, PLAIN)?;
    if let Some(method) = given(params, "default_payment_method") {
        known_method(method, "default_payment_method")?;
    }
    Ok(())
}

/// `due_date` or `days_until_due`, for invoices that are sent.
fn due(body: &mut Object, params: &Object, now: i64) -> Result<(), Refusal> {
    let days = params.get("days_until_due").and_then(Value::as_i64);
    let date = params.get("due_date").and_then(Value::as_i64);
    let is_sent = text_of(body, "collection_method") == "send_invoice";
    if !is_sent && (days.is_some() || date.is_some()) {
        let name = if days.is_some() { "days_until_due" } else { "due_date" };
        let message = format!("You can only specify `{name}` when `collection_method` is `send_invoice`.");
        return Err(Refusal::state("", name, message));
    }
    if days.is_some() && date.is_some() {
        let message = "You may only specify one of these parameters: days_until_due, due_date.";
        return Err(Refusal::invalid("", "due_date", message));
    }
    if date.is_some_and(|date| date < now) {
        return Err(Refusal::state("", "due_date", "Invalid due_date: must be in the future."));
    }
    if let Some(days) = days {
        body.insert("due_date".into(), json!(now + days * 86_400));
    }
    let has_due = body.get("due_date").is_some_and(|due| !due.is_null());
    if is_sent && !has_due {
        let message = "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.";
        return Err(Refusal::state("", "days_until_due", message));
    }
    Ok(())
}

/// A draft with `auto_advance` finalizes itself: an hour after its notice was taken, or after 72
/// hours; an hour after it was made when nobody listens.
fn schedule(work: &mut Work, id: &str) {
    let listened = work.ledger.table(Kind::WebhookEndpoint).newest().any(|(_, endpoint)| {
        let events = items_of(endpoint, "enabled_events");
        text_of(endpoint, "status") == "enabled" && events.iter().any(|e| e == "*" || e == "invoice.created")
    });
    let at = work.now() + if listened { PATIENCE_S } else { GRACE_S };
    work.alter(Kind::Invoice, id, |body| {
        let at = is(body, "auto_advance").then_some(at);
        body.insert("automatically_finalizes_at".into(), json!(at));
    });
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::Invoice, id, "id")?;
    let mut body = (*before).clone();
    if text_of(&before, "status") == "draft" {
        fill(&mut body, params)?;
        due(&mut body, params, work.now())?;
    } else {
        finalized_update(&mut body, params)?;
    }
    if body != *before {
        work.change((Kind::Invoice, id), "invoice.updated", |own| *own = body);
    }
    let is_draft = text_of(&before, "status") == "draft";
    if is_draft && params.contains_key("auto_advance") {
        schedule(work, id);
    }
    Ok(id.to_owned())
}

/// What stands on a finalized invoice stays.
fn finalized_update(body: &mut Object, params: &Object) -> Result<(), Refusal> {
    const FREE: &[&str] = &["auto_advance", "default_payment_method", "description", "footer"];
    let frozen = params
        .keys()
        .find(|name| !FREE.contains(&name.as_str()) && !matches!(name.as_str(), "metadata" | "expand"));
    if frozen.is_some() {
        return Err(not_editable());
    }
    take(body, params, FREE)
}

/// Drafts only, with the items on them.
pub(super) fn delete(work: &mut Work, id: &str) -> Result<(), Refusal> {
    let invoice = work.find(Kind::Invoice, id, "id")?;
    if text_of(&invoice, "status") != "draft" {
        let message = "You can only delete draft invoices. Void the invoice instead.";
        return Err(Refusal::state("", "", message));
    }
    for item in items_of(&invoice, "_items").iter().filter_map(Value::as_str) {
        work.ledger.table_mut(Kind::InvoiceItem).remove(item, work.now_ms);
    }
    work.ledger.table_mut(Kind::Invoice).remove(id, work.now_ms);
    work.tell("invoice.deleted", Kind::Invoice, id, None);
    Ok(())
}
