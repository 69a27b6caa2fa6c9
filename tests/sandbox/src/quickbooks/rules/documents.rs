//! Invoices and credit memos: references, dates, numbers, totals and balances.

use chrono::Days;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Subject, check_reference, complete_currency, lines, tax};
use crate::quickbooks::clock::parse_date;
use crate::quickbooks::decimals::{Object, amount_of, cents, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::{Company, id_text};

pub(super) fn complete(
    company: &mut Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_customer(company, subject, draft)?;
    check_reference(company, draft, "SalesTermRef", Kind::Term)?;
    for account in ["ARAccountRef", "DepositToAccountRef"] {
        check_reference(company, draft, account, Kind::Account)?;
    }
    complete_currency(company, draft)?;
    let sums = lines::complete(company, subject, draft)?;
    let tax = tax::complete(company, draft, &sums)?;
    let total = sums.subtotal - sums.discount + tax;
    if total < Decimal::ZERO {
        return Err(Refusal::business("Transaction amount must be 0 or greater."));
    }
    draft.insert("TotalAmt".into(), number(total));
    if company.settings.multi_currency {
        draft.entry("ExchangeRate").or_insert_with(|| Value::from(1));
        let home = cents(total * amount_of(draft, "ExchangeRate"));
        draft.insert("HomeTotalAmt".into(), number(home));
    }
    settle(company, subject.kind, subject.id, draft);
    complete_dates(company, draft);
    draft.entry("PrintStatus").or_insert_with(|| Value::from("NotSet"));
    draft.entry("EmailStatus").or_insert_with(|| Value::from("NotSet"));
    draft.entry("ApplyTaxAfterDiscount").or_insert(Value::Bool(false));
    draft.entry("CustomField").or_insert_with(|| json!([]));
    complete_number(company, subject, draft)
}

fn complete_customer(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let id = reference(draft, "CustomerRef").ok_or_else(|| Refusal::missing("CustomerRef"))?;
    let customer =
        company.usable(Kind::Customer, id).ok_or_else(|| Refusal::bad_reference("CustomerRef", id))?;
    let customer = customer.body.clone();
    let theirs = reference(&customer, "CurrencyRef");
    let ours = reference(draft, "CurrencyRef");
    if ours.is_some() && ours != theirs {
        return Err(Refusal::business("The currency of the transaction must be the customer's."));
    }
    if subject.id.is_none() {
        for address in ["BillAddr", "ShipAddr"] {
            if let Some(given) = customer.get(address) {
                draft.entry(address).or_insert_with(|| given.clone());
            }
        }
    }
    if let Some(theirs) = customer.get("CurrencyRef") {
        draft.insert("CurrencyRef".into(), theirs.clone());
    }
    let named = json!({"value": text_of(&customer, "Id"), "name": text_of(&customer, "DisplayName")});
    draft.insert("CustomerRef".into(), named);
    Ok(())
}

/// Today when no date is given; due by the term, else at once.
pub(super) fn complete_dates(company: &Company, draft: &mut Object) {
    let today = company.clock.today();
    let date = parse_date(text_of(draft, "TxnDate")).unwrap_or(today);
    draft.insert("TxnDate".into(), Value::from(date.to_string()));
    if draft.contains_key("DueDate") {
        return;
    }
    let term = reference(draft, "SalesTermRef").and_then(|id| company.usable(Kind::Term, id));
    let days = term.and_then(|row| row.body.get("DueDays")?.as_u64()).unwrap_or(0);
    let due = date.checked_add_days(Days::new(days)).unwrap_or(date);
    draft.insert("DueDate".into(), Value::from(due.to_string()));
}

/// Keeps, counts up or refuses the document number.
fn complete_number(company: &mut Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let number = text_of(draft, "DocNumber").to_owned();
    if number.is_empty() {
        let asked = draft.get("AutoDocNumber").and_then(Value::as_bool).unwrap_or(false);
        if asked || !company.settings.custom_txn_numbers {
            let next = next_number(company, subject.kind);
            draft.insert("DocNumber".into(), Value::from(next));
        }
        return Ok(());
    }
    check_number(company, subject, &number)
}

/// Refuses a document number in use, where the company asks for that.
pub(super) fn check_number(company: &Company, subject: Subject<'_>, number: &str) -> Result<(), Refusal> {
    if !number.is_empty() && company.settings.unique_doc_numbers && !subject.any_doc_number {
        let other = company.table(subject.kind).with_key(number).find(|id| Some(*id) != subject.id);
        if let Some(other) = other {
            return Err(Refusal::duplicate_document(number, subject.kind.name(), other));
        }
    }
    Ok(())
}

fn next_number(company: &mut Company, kind: Kind) -> String {
    loop {
        let number = company.next_doc_number.to_string();
        company.next_doc_number += 1;
        if company.table(kind).with_key(&number).next().is_none() {
            return number;
        }
    }
}

/// What is still open of the document, and the payments on it.
pub(crate) fn settle(company: &Company, kind: Kind, id: Option<u64>, draft: &mut Object) {
    let applied = id.map(|id| company.applied_to(id)).unwrap_or_default();
    let paid: Decimal = applied.values().copied().sum();
    let open = (amount_of(draft, "TotalAmt") - amount_of(draft, "Deposit") - paid).max(Decimal::ZERO);
    draft.insert("Balance".into(), number(open));
    if kind == Kind::CreditMemo {
        draft.insert("RemainingCredit".into(), number(open));
    }
    if applied.is_empty() {
        draft.remove("LinkedTxn");
    } else {
        let links: Vec<Value> = applied
            .keys()
            .map(|id| json!({"TxnId": id_text(*id), "TxnType": type_of(company, *id)}))
            .collect();
        draft.insert("LinkedTxn".into(), Value::Array(links));
    }
}

/// What links call a payment: a bill payment by the way it was made.
fn type_of(company: &Company, payment: u64) -> &'static str {
    match company.row(Kind::BillPayment, payment) {
        None => "Payment",
        Some(row) if text_of(&row.body, "PayType") == "CreditCard" => "BillPaymentCreditCard",
        Some(_) => "BillPaymentCheck",
    }
}
