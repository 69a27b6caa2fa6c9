//! Payments and credits applied to invoices and bills.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::items;
use super::totals::{open, status};
use crate::kit::decimals::{Object, amount_of, cents, decimal, number};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, id_in};

type Applied = BTreeMap<u64, Decimal>;

/// What a stored payment or credit is applied to.
fn applied(body: &Object) -> Applied {
    let lines = items(body, "apply").iter().filter(|line| line["apply"] == true);
    let pairs =
        lines.filter_map(|line| Some((id_in(line.get("doc")).parse().ok()?, decimal(&line["amount"])?)));
    pairs.collect()
}

/// Applies the new state instead of the old one: checks it, and changes the invoices or bills.
pub(super) fn apply(
    ledger: &mut Ledger,
    kind: Kind,
    old: Option<&Object>,
    body: &mut Object,
) -> Result<(), Refusal> {
    let Some(target) = kind.applies_to() else { return Ok(()) };
    let before = old.map(applied).unwrap_or_default();
    let mut left = limit(kind, body);
    let mut lines = items(body, "apply").to_vec();
    for line in lines.iter_mut().filter_map(Value::as_object_mut) {
        let id: u64 = id_in(line.get("doc")).parse().unwrap_or(0);
        let document =
            ledger.body(target, id).ok_or_else(|| Refusal::user("Invalid apply line: no such document"))?;
        if owner(kind, body) != id_in(document.get("entity")) {
            return Err(Refusal::user("The document belongs to another customer or vendor."));
        }
        let due = amount_of(document, "amountRemaining") + before.get(&id).copied().unwrap_or_default();
        let wanted = line.get("amount").and_then(decimal);
        let chosen = line.get("apply").map_or(wanted.is_some(), |apply| *apply == json!(true));
        let amount = match (chosen, wanted) {
            (false, _) => Decimal::ZERO,
            (true, Some(amount)) => cents(amount),
            (true, None) => left.map_or(due, |left| left.min(due)),
        };
        if amount < Decimal::ZERO || amount > due {
            return Err(Refusal::user("The amount applied exceeds the amount due."));
        }
        if let Some(left) = &mut left {
            *left -= amount;
        }
        line.insert("apply".into(), json!(chosen));
        line.insert("amount".into(), number(amount));
    }
    if left.is_some_and(|left| left < Decimal::ZERO) {
        return Err(Refusal::user("The amount applied exceeds the payment."));
    }
    body.insert("apply".into(), json!({"items": lines}));
    sums(kind, body, left)?;
    shift(ledger, target, &before, &applied(body))
}

/// What can be applied; `None` where the sum itself is the amount.
fn limit(kind: Kind, body: &Object) -> Option<Decimal> {
    match kind {
        Kind::CustomerPayment => body.get("payment").and_then(decimal),
        Kind::CreditMemo | Kind::VendorCredit => Some(amount_of(body, "total")),
        _ => None,
    }
}

fn owner(kind: Kind, body: &Object) -> &str {
    id_in(body.get(if kind == Kind::CustomerPayment { "customer" } else { "entity" }))
}

fn sums(kind: Kind, body: &mut Object, left: Option<Decimal>) -> Result<(), Refusal> {
    let sum: Decimal = applied(body).values().sum();
    let total = limit(kind, body).unwrap_or(sum);
    if total.is_zero() {
        return Err(Refusal::user("Please enter value(s) for: Payment Amount"));
    }
    body.insert("applied".into(), number(sum));
    if kind != Kind::VendorPayment {
        body.insert("unapplied".into(), number(left.unwrap_or_default()));
    }
    body.insert("total".into(), number(total));
    if kind == Kind::CustomerPayment {
        body.insert("payment".into(), number(total));
    }
    let name = match kind {
        Kind::CustomerPayment => "Deposited",
        Kind::VendorPayment => "Paid",
        _ if sum == total => "Fully Applied",
        _ => "Open",
    };
    body.insert("status".into(), status(name));
    Ok(())
}

/// Moves the documents from what was applied to what is.
fn shift(ledger: &mut Ledger, target: Kind, before: &Applied, after: &Applied) -> Result<(), Refusal> {
    let mut ids: Vec<u64> = before.keys().chain(after.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let amount = |applied: &Applied| applied.get(&id).copied().unwrap_or_default();
        let change = amount(after) - amount(before);
        let Some(mut document) = ledger.body(target, id).cloned().filter(|_| !change.is_zero()) else {
            continue;
        };
        let paid = amount_of(&document, "amountPaid") + change;
        document.insert("amountPaid".into(), number(paid));
        open(&mut document)?;
        ledger.put(target, id, document);
    }
    Ok(())
}

/// Takes back everything a deleted payment or credit was applied to.
pub(super) fn release(ledger: &mut Ledger, kind: Kind, body: &Object) -> Result<(), Refusal> {
    match kind.applies_to() {
        Some(target) => shift(ledger, target, &applied(body), &Applied::new()),
        None => Ok(()),
    }
}
