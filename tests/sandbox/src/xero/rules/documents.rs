//! Invoices, bills and credit notes: numbers, states, totals.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::{Frame, replace};
use super::{Draft, contacts, settle};
use crate::kit::clock::utc;
use crate::kit::decimals::{Object, amount_of, cents, decimal, items_of, money, number, text_of};
use crate::xero::dates::{parse_wire, wire_date};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

/// What may still change once a payment or credit is applied.
const STILL_OPEN: &[&str] =
    &["Reference", "DueDate", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate", "Url"];

pub(super) fn apply(book: &mut Book, kind: Kind, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    settled_type(kind, draft, &body)?;
    let wanted = state(kind, draft, &body)?;
    if matches!(wanted.as_str(), "VOIDED" | "DELETED") {
        return Ok(ended(kind, draft, &wanted));
    }
    if let Some(frozen) = frozen(kind, draft) {
        frozen?;
        return Ok(body);
    }
    body.insert("Status".into(), Value::from(wanted.as_str()));
    dates(book, &mut body, &wanted)?;
    currency(book, &mut body)?;
    numbered(book, kind, draft, &mut body)?;
    contact(book, &mut body)?;
    lines(book, draft, &mut body)?;
    totals(kind, draft, &mut body)?;
    role(book, &body);
    settle::settle(kind, &mut body);
    Ok(body)
}

pub(super) fn is_sales(body: &Object) -> bool {
    text_of(body, "Type").starts_with("ACCREC")
}

fn settled_type(kind: Kind, draft: &Draft, body: &Object) -> Result<(), Refusal> {
    if text_of(body, "Type").is_empty() {
        return Err(Refusal::invalid(format!("{} Type must be specified", kind.name())));
    }
    match &draft.old {
        Some((_, old)) if text_of(old, "Type") != text_of(body, "Type") => {
            Err(Refusal::invalid(format!("{} not of valid type for modification", kind.name())))
        }
        _ => Ok(()),
    }
}

/// The state the document is to have.
fn state(kind: Kind, draft: &Draft, body: &Object) -> Result<String, Refusal> {
    let name = kind.name();
    let wanted = match text_of(body, "Status") {
        "" => "DRAFT",
        wanted => wanted,
    };
    let Some((_, old)) = &draft.old else {
        return match wanted {
            "DRAFT" | "SUBMITTED" | "AUTHORISED" => Ok(wanted.to_owned()),
            _ => Err(Refusal::invalid(format!("{name} not of valid status for creation"))),
        };
    };
    let now = text_of(old, "Status");
    let allowed = match now {
        "DRAFT" | "SUBMITTED" => matches!(wanted, "DRAFT" | "SUBMITTED" | "AUTHORISED" | "DELETED"),
        "AUTHORISED" | "PAID" => wanted == now || wanted == "VOIDED",
        _ => false,
    };
    if !allowed {
        return Err(Refusal::invalid(format!("{name} not of valid status for modification")));
    }
    if wanted == "VOIDED" && has_settlements(old) {
        return Err(Refusal::invalid(
            "This document cannot be voided as it has a payment or credit note allocated to it.",
        ));
    }
    Ok(wanted.to_owned())
}

fn has_settlements(body: &Object) -> bool {
    ["Payments", "CreditNotes", "Allocations"].iter().any(|name| !items_of(body, name).is_empty())
}

/// Voided or deleted: only the state changes, and nothing is due any more.
fn ended(kind: Kind, draft: &Draft, wanted: &str) -> Object {
    let mut body = draft.old.as_ref().map(|(_, old)| old.clone()).unwrap_or_default();
    body.insert("Status".into(), Value::from(wanted));
    let open = if kind == Kind::Invoice { "AmountDue" } else { "RemainingCredit" };
    body.insert(open.into(), money(Decimal::ZERO));
    body
}

/// `Some` when payments or credits are applied: only a few properties may differ.
fn frozen(kind: Kind, draft: &Draft) -> Option<Result<(), Refusal>> {
    let (_, old) = draft.old.as_ref()?;
    if !has_settlements(old) {
        return None;
    }
    let same = |name: &str, value: &Value| match name {
        "Contact" => value.get("ContactID").is_none_or(|id| Some(id) == old["Contact"].get("ContactID")),
        "LineItems" => false,
        _ => old.get(name).is_some_and(|own| match (decimal(own), decimal(value)) {
            (Some(own), Some(value)) => own == value,
            _ => own == value,
        }),
    };
    let mut sent = draft.sent.iter().filter(|(name, _)| name.as_str() != kind.id());
    let ok = sent.all(|(name, value)| STILL_OPEN.contains(&name.as_str()) || same(name, value));
    Some(ok.then_some(()).ok_or_else(|| {
        Refusal::invalid("This document cannot be edited as it has a payment or credit note allocated to it.")
    }))
}

fn dates(book: &Book, body: &mut Object, status: &str) -> Result<(), Refusal> {
    if !body.contains_key("Date") {
        body.insert("Date".into(), Value::from(wire_date(book.clock.today())));
    }
    let date = parse_wire(text_of(body, "Date")).map(|ms| utc(ms).date_naive());
    if let (Some(lock), Some(date)) = (book.settings.lock_date, date)
        && date <= lock
    {
        return Err(Refusal::invalid(format!(
            "The document date cannot be before the period lock date, currently set at {lock}"
        )));
    }
    let needs_due = status != "DRAFT" && !text_of(body, "Type").ends_with("CREDIT");
    if needs_due && !body.contains_key("DueDate") {
        return Err(Refusal::invalid("DueDate must be specified for this status."));
    }
    Ok(())
}

fn currency(book: &Book, body: &mut Object) -> Result<(), Refusal> {
    let base = book.organisation.base_currency.as_str();
    let code = match text_of(body, "CurrencyCode") {
        "" => base.to_owned(),
        code => code.to_owned(),
    };
    if code != base && !book.organisation.currencies.contains(&code) {
        return Err(Refusal::invalid(format!("Organisation is not subscribed to currency {code}")));
    }
    if code == base || !body.contains_key("CurrencyRate") {
        body.insert("CurrencyRate".into(), number(Decimal::ONE));
    }
    body.insert("CurrencyCode".into(), Value::from(code));
    Ok(())
}

/// Numbers of sales documents are unique and counted up when missing.
fn numbered(book: &mut Book, kind: Kind, draft: &Draft, body: &mut Object) -> Result<(), Refusal> {
    let field = kind.label();
    if !is_sales(body) {
        if !body.contains_key(field) {
            body.insert(field.into(), Value::from(""));
        }
        return Ok(());
    }
    let number = text_of(body, field);
    if number.is_empty() {
        let number = book.next_number(kind);
        body.insert(field.into(), Value::from(number));
        return Ok(());
    }
    let mut others = book.with_key(kind, field, number);
    let taken = others
        .any(|(id, other)| id != draft.old_id() && is_sales(other) && text_of(other, "Status") != "DELETED");
    let message =
        if kind == Kind::Invoice { "Invoice # must be unique." } else { "Credit Note # must be unique." };
    if taken { Err(Refusal::invalid(message)) } else { Ok(()) }
}

/// The contact by id, number or name; an unknown name makes a new one.
fn contact(book: &mut Book, body: &mut Object) -> Result<(), Refusal> {
    let Some(wanted) = body.get("Contact").and_then(Value::as_object).cloned() else {
        return Err(Refusal::invalid("A Contact must be specified for this type of transaction"));
    };
    let (id, number, name) =
        (text_of(&wanted, "ContactID"), text_of(&wanted, "ContactNumber"), text_of(&wanted, "Name"));
    let found = if !id.is_empty() {
        let row = book.body(Kind::Contact, id);
        let row = row.ok_or_else(|| Refusal::invalid(format!("The contact {id} does not exist")))?;
        Some((id.to_owned(), row.clone()))
    } else if !number.is_empty() {
        book.live(Kind::Contact, "ContactNumber", number).map(|(id, row)| (id.to_owned(), row.clone()))
    } else {
        book.live(Kind::Contact, "Name", name).map(|(id, row)| (id.to_owned(), row.clone()))
    };
    let (id, row) = match found {
        Some(found) => found,
        None if name.is_empty() => {
            return Err(Refusal::invalid("A Contact must be specified for this type of transaction"));
        }
        None => new_contact(book, &wanted)?,
    };
    if text_of(&row, "ContactStatus") != "ACTIVE" {
        let name = text_of(&row, "Name");
        return Err(Refusal::invalid(format!(
            "The contact {name} is archived. Only active contacts can be used."
        )));
    }
    body.insert("Contact".into(), json!({"ContactID": id, "Name": text_of(&row, "Name")}));
    Ok(())
}

fn new_contact(book: &mut Book, wanted: &Object) -> Result<(String, Object), Refusal> {
    let mut sent = wanted.clone();
    sent.remove("ContactID");
    let body = contacts::apply(book, &Draft { sent, old: None })?;
    let id = book.ids.uuid();
    book.put(Kind::Contact, &id, body.clone());
    Ok((id, body))
}

fn lines(book: &mut Book, draft: &Draft, body: &mut Object) -> Result<(), Refusal> {
    if !body.contains_key("LineAmountTypes") {
        body.insert("LineAmountTypes".into(), Value::from("Exclusive"));
    }
    let old = draft.old.as_ref().map_or(&[][..], |(_, old)| items_of(old, "LineItems"));
    let sent = items_of(body, "LineItems").to_vec();
    if sent.is_empty() {
        return Err(Refusal::invalid("One or more line items must be specified"));
    }
    let amounts = text_of(body, "LineAmountTypes").to_owned();
    let posted = text_of(body, "Status") != "DRAFT";
    let frame = Frame { sales: is_sales(body), amounts: &amounts, posted };
    let lines = if draft.sent.contains_key("LineItems") {
        replace(book, (old, &sent), frame)?
    } else {
        replace(book, (old, old), frame)?
    };
    body.insert("LineItems".into(), Value::Array(lines));
    Ok(())
}

fn totals(kind: Kind, draft: &Draft, body: &mut Object) -> Result<(), Refusal> {
    let sum = |name: &str| -> Decimal {
        items_of(body, "LineItems").iter().filter_map(|line| decimal(&line[name])).sum()
    };
    let (amount, tax) = (sum("LineAmount"), sum("TaxAmount"));
    let inclusive = text_of(body, "LineAmountTypes") == "Inclusive";
    let (net, total) = if inclusive { (amount - tax, amount) } else { (amount, amount + tax) };
    for (name, value) in [("SubTotal", net), ("TotalTax", tax), ("Total", total)] {
        let sent = draft.sent.get(name).and_then(decimal);
        if sent.is_some_and(|sent| cents(sent) != cents(value)) {
            return Err(Refusal::invalid("The document total does not equal the sum of the lines."));
        }
    }
    if total < Decimal::ZERO {
        return Err(Refusal::invalid(format!("The {} total must not be negative.", kind.name())));
    }
    body.insert("SubTotal".into(), money(net));
    body.insert("TotalTax".into(), money(tax));
    body.insert("Total".into(), money(total));
    Ok(())
}

fn role(book: &mut Book, body: &Object) {
    let id = body["Contact"]["ContactID"].as_str().unwrap_or_default().to_owned();
    if text_of(body, "Status") == "AUTHORISED" && !amount_of(body, "Total").is_zero() {
        book.roles.insert((id, is_sales(body)));
    }
}
