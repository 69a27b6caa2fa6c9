//! Payments: made once, then only deleted.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::settle::{add, open, take};
use super::{Draft, documents};
use crate::kit::clock::utc;
use crate::kit::decimals::{Object, amount_of, cents, money, text_of};
use crate::xero::dates::{parse_wire, wire_date};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

pub(super) fn apply(book: &mut Book, draft: &Draft) -> Result<Object, Refusal> {
    if draft.old.is_some() {
        return Err(Refusal::invalid("Payments cannot be changed; only Status DELETED is accepted"));
    }
    let mut body = draft.sent.clone();
    if text_of(&body, "Status") == "DELETED" {
        return Err(Refusal::invalid("Payment not of valid status for creation"));
    }
    let (kind, id) = target(book, &body)?;
    let document = book.body(kind, &id).cloned().unwrap_or_default();
    let account = account(book, &body)?;
    let amount = amount_of(&body, "Amount");
    if amount <= Decimal::ZERO {
        return Err(Refusal::invalid("The amount must be greater than zero."));
    }
    if text_of(&document, "Status") != "AUTHORISED" {
        return Err(Refusal::invalid("Payments can only be made against Authorised documents"));
    }
    if cents(amount) > open(kind, &document) {
        return Err(Refusal::invalid("Payment amount exceeds the amount outstanding on this document"));
    }
    body.entry("Date").or_insert_with(|| Value::from(wire_date(book.clock.today())));
    locked(book, &body)?;
    body.insert("PaymentID".into(), Value::from(book.ids.uuid()));
    body.insert("Account".into(), account);
    describe(&mut body, (kind, &id), &document);
    pay(book, (kind, &id), document, &body);
    Ok(body)
}

/// What the server adds to a payment of this document.
fn describe(body: &mut Object, (kind, id): (Kind, &str), document: &Object) {
    let amount = amount_of(body, "Amount");
    body.insert("Amount".into(), money(amount));
    body.insert("BankAmount".into(), money(amount));
    body.insert("CurrencyRate".into(), document["CurrencyRate"].clone());
    body.insert("Status".into(), Value::from("AUTHORISED"));
    body.insert("PaymentType".into(), Value::from(payment_type(kind, document)));
    body.insert("HasAccount".into(), json!(true));
    body.insert("HasValidationErrors".into(), json!(false));
    body.entry("IsReconciled").or_insert(json!(false));
    body.entry("Reference").or_insert(json!(""));
    for name in ["InvoiceNumber", "CreditNoteNumber", "Code"] {
        body.remove(name);
    }
    body.remove("Invoice");
    body.remove("CreditNote");
    body.insert(kind.name().into(), reference(kind, id, document));
}

/// The document that is paid.
fn target(book: &Book, body: &Object) -> Result<(Kind, String), Refusal> {
    for kind in [Kind::Invoice, Kind::CreditNote] {
        let number = text_of(body, kind.label());
        let wanted = body.get(kind.name()).and_then(Value::as_object);
        let Some(key) = wanted
            .and_then(|wanted| wanted.get(kind.id()).or_else(|| wanted.get(kind.label())))
            .and_then(Value::as_str)
            .or_else(|| (!number.is_empty()).then_some(number))
        else {
            continue;
        };
        return match book.find(kind, key) {
            Some(id) => Ok((kind, id)),
            None => Err(Refusal::invalid(format!("{} could not be found", kind.name()))),
        };
    }
    Err(Refusal::invalid("Payment must be made against an invoice or credit note"))
}

fn account(book: &Book, body: &Object) -> Result<Value, Refusal> {
    let wanted = body.get("Account").and_then(Value::as_object);
    let id = wanted.map_or("", |account| text_of(account, "AccountID"));
    let code = wanted.map(|account| text_of(account, "Code")).filter(|code| !code.is_empty());
    let code = code.unwrap_or_else(|| text_of(body, "Code"));
    let found = match (id, code) {
        ("", "") => return Err(Refusal::invalid("Account must be specified")),
        ("", code) => book.live(Kind::Account, "Code", code),
        (id, _) => book.body(Kind::Account, id).map(|body| (id, body)),
    };
    let (id, account) = found.ok_or_else(|| Refusal::invalid("Account could not be found"))?;
    let enabled = account.get("EnablePaymentsToAccount") == Some(&json!(true));
    if text_of(account, "Status") != "ACTIVE" || (text_of(account, "Type") != "BANK" && !enabled) {
        return Err(Refusal::invalid("Account is not enabled for payments or is not a bank account"));
    }
    Ok(json!({"AccountID": id, "Code": text_of(account, "Code"), "Name": text_of(account, "Name")}))
}

fn locked(book: &Book, body: &Object) -> Result<(), Refusal> {
    let date = parse_wire(text_of(body, "Date")).map(|ms| utc(ms).date_naive());
    match (book.settings.lock_date, date) {
        (Some(lock), Some(date)) if date <= lock => Err(Refusal::invalid(format!(
            "The payment date cannot be before the period lock date, currently set at {lock}"
        ))),
        _ => Ok(()),
    }
}

fn payment_type(kind: Kind, document: &Object) -> &'static str {
    match (kind, documents::is_sales(document)) {
        (Kind::Invoice, true) => "ACCRECPAYMENT",
        (Kind::Invoice, false) => "ACCPAYPAYMENT",
        (_, true) => "ARCREDITPAYMENT",
        (_, false) => "APCREDITPAYMENT",
    }
}

fn reference(kind: Kind, id: &str, document: &Object) -> Value {
    let mut reference = json!({"Type": document["Type"], "CurrencyCode": document["CurrencyCode"]});
    reference[kind.id()] = Value::from(id);
    reference[kind.label()] = Value::from(text_of(document, kind.label()));
    reference["Contact"] = document["Contact"].clone();
    reference
}

fn pay(book: &mut Book, (kind, id): (Kind, &str), mut document: Object, payment: &Object) {
    let entry = json!({
        "PaymentID": payment["PaymentID"], "Date": payment["Date"], "Amount": payment["Amount"],
        "Reference": payment["Reference"], "CurrencyRate": payment["CurrencyRate"],
        "HasAccount": false, "HasValidationErrors": false
    });
    add(kind, &mut document, "Payments", entry);
    book.put(kind, id, document);
}

/// Deletes a payment: it stays with the status DELETED, the document is open again.
pub(in crate::xero) fn remove(book: &mut Book, id: &str) -> Result<(), Refusal> {
    let mut payment = book.body(Kind::Payment, id).cloned().ok_or(Refusal::NotFound)?;
    if text_of(&payment, "Status") == "DELETED" {
        return Err(Refusal::invalid("Payment is already deleted"));
    }
    locked(book, &payment)?;
    payment.insert("Status".into(), Value::from("DELETED"));
    for kind in [Kind::Invoice, Kind::CreditNote] {
        let target = payment.get(kind.name()).and_then(|target| target[kind.id()].as_str());
        if let Some(target) = target.map(str::to_owned)
            && let Some(mut document) = book.body(kind, &target).cloned()
        {
            take(kind, &mut document, "Payments", ("PaymentID", id));
            book.put(kind, &target, document);
        }
    }
    book.put(Kind::Payment, id, payment);
    Ok(())
}
