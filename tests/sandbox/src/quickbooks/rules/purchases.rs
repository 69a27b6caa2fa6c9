//! Bills (to be paid later) and purchases (paid at once).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::Sums;
use super::{
    Subject, check_reference, complete_account, complete_currency, complete_vendor, documents, expense_lines,
    settle, tax,
};
use crate::quickbooks::clock::parse_date;
use crate::quickbooks::decimals::{Object, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

/// The account that bills are owed on unless they name another.
const PAYABLE: &str = "33";

pub(super) fn complete_bill(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_vendor(company, draft)?;
    check_reference(company, draft, "SalesTermRef", Kind::Term)?;
    draft.entry("APAccountRef").or_insert_with(|| json!({"value": PAYABLE}));
    complete_account(company, draft, ("APAccountRef", "APAccountRef"), &["Accounts Payable"])?;
    let sums = expense_lines::complete(company, subject, draft)?;
    complete_total(company, draft, &sums)?;
    settle(company, subject.kind, subject.id, draft);
    documents::complete_dates(company, draft);
    documents::check_number(company, subject, text_of(draft, "DocNumber"))
}

pub(super) fn complete_purchase(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    let types: &[&str] = match text_of(draft, "PaymentType") {
        "" => return Err(Refusal::missing("PaymentType")),
        "CreditCard" => &["Credit Card"],
        "Check" => &["Bank"],
        _ => &["Bank", "Other Current Asset", "Credit Card"],
    };
    complete_account(company, draft, ("AccountRef", "AccountRef"), types)?;
    complete_payee(company, draft)?;
    complete_currency(company, draft)?;
    let sums = expense_lines::complete(company, subject, draft)?;
    complete_total(company, draft, &sums)?;
    let date = parse_date(text_of(draft, "TxnDate")).unwrap_or_else(|| company.clock.today());
    draft.insert("TxnDate".into(), Value::from(date.to_string()));
    draft.entry("Credit").or_insert(Value::Bool(false));
    draft.entry("PrintStatus").or_insert_with(|| Value::from("NotSet"));
    documents::check_number(company, subject, text_of(draft, "DocNumber"))
}

/// Lines and their tax; a US company has no tax on what it buys.
fn complete_total(company: &Company, draft: &mut Object, sums: &Sums) -> Result<(), Refusal> {
    let tax = if company.settings.us { Decimal::ZERO } else { tax::complete(company, draft, sums)? };
    let total = sums.subtotal + tax;
    if total < Decimal::ZERO {
        return Err(Refusal::business("Transaction amount must be 0 or greater."));
    }
    draft.insert("TotalAmt".into(), number(total));
    Ok(())
}

/// A purchase may name a vendor, a customer or an employee; ids are unique over them.
fn complete_payee(company: &Company, draft: &mut Object) -> Result<(), Refusal> {
    let Some(id) = reference(draft, "EntityRef").map(str::to_owned) else { return Ok(()) };
    let given = draft.get("EntityRef").and_then(|payee| payee.get("type")).and_then(Value::as_str);
    let kinds: &[Kind] = match given {
        Some("Vendor") => &[Kind::Vendor],
        Some("Customer") => &[Kind::Customer],
        None => &[Kind::Vendor, Kind::Customer],
        Some(other) => return Err(Refusal::not_modelled(format!("purchases from a {other}"))),
    };
    let found = kinds.iter().find_map(|kind| Some((kind, company.usable(*kind, &id)?)));
    let (kind, row) = found.ok_or_else(|| Refusal::bad_reference("EntityRef", &id))?;
    let payee = json!({"value": id, "name": text_of(&row.body, "DisplayName"), "type": kind.name()});
    draft.insert("EntityRef".into(), payee);
    Ok(())
}
