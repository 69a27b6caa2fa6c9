//! Bill payments: from which account, and for which bills.

use rust_decimal::Decimal;
use serde_json::Value;

use super::payments::{check_applied, target};
use super::{Subject, check_reference, complete_account, complete_vendor, documents};
use crate::quickbooks::clock::parse_date;
use crate::quickbooks::decimals::{Object, cents, decimal, items_of, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let vendor = complete_vendor(company, draft)?;
    check_reference(company, draft, "APAccountRef", Kind::Account)?;
    let total = draft.get("TotalAmt").and_then(decimal).ok_or_else(|| Refusal::missing("TotalAmt"))?;
    let total = cents(total);
    if total < Decimal::ZERO {
        return Err(Refusal::business("Transaction amount must be 0 or greater."));
    }
    complete_source(company, draft)?;
    if check_lines(company, subject, draft, &vendor)? > total {
        return Err(Refusal::business("You can't apply more than the amount of the payment."));
    }
    draft.insert("TotalAmt".into(), number(total));
    let date = parse_date(text_of(draft, "TxnDate")).unwrap_or_else(|| company.clock.today());
    draft.insert("TxnDate".into(), Value::from(date.to_string()));
    documents::check_number(company, subject, text_of(draft, "DocNumber"))
}

/// The bank account or card it was paid from: the one that its type asks for.
fn complete_source(company: &Company, draft: &mut Object) -> Result<(), Refusal> {
    let (holder, name, path, of) = match text_of(draft, "PayType") {
        "Check" => ("CheckPayment", "BankAccountRef", "CheckPayment.BankAccountRef", "Bank"),
        "CreditCard" => {
            ("CreditCardPayment", "CCAccountRef", "CreditCardPayment.CCAccountRef", "Credit Card")
        }
        _ => return Err(Refusal::missing("PayType")),
    };
    let Some(Value::Object(mut source)) = draft.remove(holder) else {
        return Err(Refusal::missing(path));
    };
    complete_account(company, &mut source, (name, path), &[of])?;
    if holder == "CheckPayment" {
        source.entry("PrintStatus").or_insert_with(|| Value::from("NotSet"));
    }
    draft.insert(holder.into(), Value::Object(source));
    Ok(())
}

/// Checks each line against the bill it is for; answers what they take of the payment.
fn check_lines(
    company: &Company,
    subject: Subject<'_>,
    draft: &Object,
    vendor: &str,
) -> Result<Decimal, Refusal> {
    let lines = items_of(draft, "Line");
    if lines.is_empty() {
        return Err(Refusal::missing("Line"));
    }
    let mut taken = Decimal::ZERO;
    for line in lines.iter().filter_map(Value::as_object) {
        let amount = line.get("Amount").and_then(decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
        let (kind, id) = target(line)?.ok_or_else(|| Refusal::missing("Line.LinkedTxn"))?;
        if kind != Kind::Bill {
            return Err(Refusal::business("A bill payment is for bills."));
        }
        let row = company
            .row(kind, id)
            .ok_or_else(|| Refusal::bad_reference("Line.LinkedTxn.TxnId", &id.to_string()))?;
        if reference(&row.body, "VendorRef") != Some(vendor) {
            return Err(Refusal::business("The linked transaction belongs to another vendor."));
        }
        check_applied(company, subject, (id, &row.body), amount)?;
        taken += amount;
    }
    Ok(taken)
}
