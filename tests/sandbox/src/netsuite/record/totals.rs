//! Amounts of lines, tax and totals.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::items;
use crate::kit::decimals::{Object, amount_of, cents, decimal, number};
use crate::netsuite::kind::{ITEMS, Kind};
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, id_in};

/// Works out lines and totals of a sale or purchase.
pub(super) fn total(ledger: &Ledger, kind: Kind, body: &mut Object) -> Result<(), Refusal> {
    let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    let mut lines = 0;
    for sublist in ["item", "expense"] {
        let mut all = items(body, sublist).to_vec();
        for line in all.iter_mut().filter_map(Value::as_object_mut) {
            priced(ledger, sublist, line)?;
            net += amount_of(line, "amount");
            tax += amount_of(line, "tax1Amt");
            lines += 1;
        }
        if !all.is_empty() {
            body.insert(sublist.into(), json!({"items": all}));
        }
    }
    if lines == 0 {
        return Err(Refusal::user("You must enter at least one line item for this transaction."));
    }
    body.insert("subtotal".into(), number(net));
    body.insert("taxTotal".into(), number(tax));
    body.insert("total".into(), number(net + tax));
    if matches!(kind, Kind::Invoice | Kind::VendorBill) {
        open(body)?;
    }
    Ok(())
}

fn priced(ledger: &Ledger, sublist: &str, line: &mut Object) -> Result<(), Refusal> {
    if sublist == "item" {
        let item = ledger.among(ITEMS, id_in(line.get("item"))).map(|(_, _, body)| body);
        let Some(item) = item else { return Err(Refusal::user("Please choose an item to add")) };
        if item.get("isInactive") == Some(&json!(true)) {
            return Err(Refusal::user("Invalid item reference key: the item is inactive."));
        }
        let quantity = line.get("quantity").and_then(decimal).unwrap_or(Decimal::ONE);
        line.insert("quantity".into(), number(quantity));
        if !line.contains_key("amount") {
            let rate = line.get("rate").or_else(|| item.get("basePrice")).and_then(decimal);
            let rate = rate.ok_or_else(|| Refusal::user("Please enter value(s) for: Amount"))?;
            line.insert("rate".into(), number(rate));
            line.insert("amount".into(), number(cents(quantity * rate)));
        }
    } else if line.get("account").is_none() || line.get("amount").is_none() {
        return Err(Refusal::user("Please enter value(s) for: Account, Amount"));
    }
    let code = ledger.among(&[Kind::SalesTaxItem], id_in(line.get("taxCode"))).map(|(_, _, body)| body);
    let rate = code.map(|code| amount_of(code, "rate")).unwrap_or_default();
    let amount = amount_of(line, "amount");
    let tax = cents(amount * rate / Decimal::ONE_HUNDRED);
    line.insert("tax1Amt".into(), number(tax));
    line.insert("grossAmt".into(), number(amount + tax));
    Ok(())
}

/// What is paid and what is open of an invoice or bill, and the state that makes.
pub(super) fn open(body: &mut Object) -> Result<(), Refusal> {
    let paid = amount_of(body, "amountPaid");
    let left = amount_of(body, "total") - paid;
    if left < Decimal::ZERO {
        return Err(Refusal::user("The total cannot be less than the amount already paid."));
    }
    let is_paid = left.is_zero() && !paid.is_zero();
    body.insert("amountPaid".into(), number(paid));
    body.insert("amountRemaining".into(), number(left));
    body.insert("status".into(), status(if is_paid { "Paid In Full" } else { "Open" }));
    Ok(())
}

pub(super) fn status(name: &str) -> Value {
    json!({"id": name, "refName": name})
}

/// A journal balances.
pub(super) fn balance(body: &mut Object) -> Result<(), Refusal> {
    let sum =
        |name: &str| -> Decimal { items(body, "line").iter().filter_map(|line| decimal(&line[name])).sum() };
    let (debit, credit) = (sum("debit"), sum("credit"));
    let lines = items(body, "line");
    if lines.len() < 2 || lines.iter().any(|line| line["account"].is_null()) {
        return Err(Refusal::user("A journal entry needs at least two lines with accounts."));
    }
    if debit != credit || debit.is_zero() {
        return Err(Refusal::user("The transaction is not in balance!"));
    }
    body.insert("total".into(), number(debit));
    body.insert("status".into(), status("Approved for Posting"));
    Ok(())
}
