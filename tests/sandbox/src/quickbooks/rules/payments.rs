//! Payments: what they are applied to, and what that does to the documents.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Subject, check_reference, complete_currency, settle};
use crate::quickbooks::clock::parse_date;
use crate::quickbooks::decimals::{Object, amount_of, cents, decimal, items_of, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::{Company, Operation, key_of_id};

/// What is left of a payment after its lines.
pub(crate) const UNAPPLIED: &str = "UnappliedAmt";

/// A document a payment is applied to.
pub(crate) type Target = (Kind, u64);

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let id = reference(draft, "CustomerRef").ok_or_else(|| Refusal::missing("CustomerRef"))?.to_owned();
    let customer =
        company.usable(Kind::Customer, &id).ok_or_else(|| Refusal::bad_reference("CustomerRef", &id))?;
    let name = text_of(&customer.body, "DisplayName").to_owned();
    check_reference(company, draft, "DepositToAccountRef", Kind::Account)?;
    check_reference(company, draft, "ARAccountRef", Kind::Account)?;
    complete_currency(company, draft)?;
    let total = draft.get("TotalAmt").and_then(decimal).ok_or_else(|| Refusal::missing("TotalAmt"))?;
    let total = cents(total);
    if total < Decimal::ZERO {
        return Err(Refusal::business("Transaction amount must be 0 or greater."));
    }
    let unapplied = total - check_lines(company, subject, draft, &id)?;
    if unapplied < Decimal::ZERO {
        return Err(Refusal::business("You can't apply more than the amount of the payment."));
    }
    draft.insert("CustomerRef".into(), json!({"value": id, "name": name}));
    draft.insert("TotalAmt".into(), number(total));
    draft.insert(UNAPPLIED.into(), number(unapplied));
    let date = parse_date(text_of(draft, "TxnDate")).unwrap_or_else(|| company.clock.today());
    draft.insert("TxnDate".into(), Value::from(date.to_string()));
    draft.entry("ProcessPayment").or_insert(Value::Bool(false));
    draft.entry("Line").or_insert_with(|| json!([]));
    Ok(())
}

/// Checks each line against the document it is for; answers what they take of the payment.
fn check_lines(
    company: &Company,
    subject: Subject<'_>,
    draft: &Object,
    customer: &str,
) -> Result<Decimal, Refusal> {
    let mut taken = Decimal::ZERO;
    for line in items_of(draft, "Line").iter().filter_map(Value::as_object) {
        let amount = line.get("Amount").and_then(decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
        let Some((kind, id)) = target(line)? else {
            return Err(Refusal::missing("Line.LinkedTxn"));
        };
        if kind == Kind::Bill {
            return Err(Refusal::business("A bill is paid by a bill payment."));
        }
        let row = company
            .row(kind, id)
            .ok_or_else(|| Refusal::bad_reference("Line.LinkedTxn.TxnId", &id.to_string()))?;
        if reference(&row.body, "CustomerRef") != Some(customer) {
            return Err(Refusal::business("The linked transaction belongs to another customer."));
        }
        check_applied(company, subject, (id, &row.body), amount)?;
        taken += if kind == Kind::CreditMemo { -amount } else { amount };
    }
    Ok(taken)
}

/// Whether a document has this much open, payments other than the subject considered.
pub(super) fn check_applied(
    company: &Company,
    subject: Subject<'_>,
    (id, body): (u64, &Object),
    amount: Decimal,
) -> Result<(), Refusal> {
    let others = company.applied_sum(id, subject.id);
    let open = amount_of(body, "TotalAmt") - amount_of(body, "Deposit") - others;
    if amount < Decimal::ZERO {
        return Err(Refusal::business("The amount applied must be 0 or greater."));
    }
    if amount > open {
        return Err(Refusal::business("The amount applied is more than the open balance."));
    }
    Ok(())
}

/// The document a line is for.
pub(super) fn target(line: &Object) -> Result<Option<Target>, Refusal> {
    let Some(link) = items_of(line, "LinkedTxn").first().and_then(Value::as_object) else {
        return Ok(None);
    };
    let kind = match text_of(link, "TxnType") {
        "Invoice" => Kind::Invoice,
        "CreditMemo" => Kind::CreditMemo,
        "Bill" => Kind::Bill,
        "" => return Err(Refusal::missing("Line.LinkedTxn.TxnType")),
        other => return Err(Refusal::not_modelled(format!("payments on {other}"))),
    };
    let id = text_of(link, "TxnId");
    let key = key_of_id(id).ok_or_else(|| Refusal::bad_reference("Line.LinkedTxn.TxnId", id))?;
    Ok(Some((kind, key)))
}

/// What each document gets of a stored payment.
pub(crate) fn targets(payment: &Object) -> BTreeMap<Target, Decimal> {
    let mut targets = BTreeMap::new();
    for line in items_of(payment, "Line").iter().filter_map(Value::as_object) {
        if let Ok(Some(target)) = target(line) {
            *targets.entry(target).or_default() += amount_of(line, "Amount");
        }
    }
    targets
}

/// Moves a payment's links from what it had to what it has, and settles every document concerned.
pub(crate) fn relink(
    company: &mut Company,
    payment: u64,
    had: &BTreeMap<Target, Decimal>,
    has: &BTreeMap<Target, Decimal>,
) {
    if had == has {
        return;
    }
    for (_, txn) in had.keys() {
        company.unapply_payment(*txn, payment);
    }
    for ((_, txn), amount) in has {
        company.apply_payment(*txn, payment, *amount);
    }
    for target in had.keys().chain(has.keys().filter(|target| !had.contains_key(*target))) {
        if had.get(target) != has.get(target) {
            resettle(company, *target);
        }
    }
}

fn resettle(company: &mut Company, (kind, id): Target) {
    let Some(row) = company.row(kind, id) else { return };
    let mut body = row.body.as_ref().clone();
    settle(company, kind, Some(id), &mut body);
    company.put(kind, id, body, Operation::Update);
}

/// Frees the payments on a document that is deleted or voided.
pub(crate) fn detach(company: &mut Company, (kind, id): Target) {
    for payment in company.applied_to(id).into_keys() {
        company.unapply_payment(id, payment);
        let Some(row) = company.row(Kind::Payment, payment) else { continue };
        let mut body = row.body.as_ref().clone();
        if let Some(Value::Array(lines)) = body.get_mut("Line") {
            lines.retain(|line| {
                line.as_object().and_then(|line| target(line).ok().flatten()) != Some((kind, id))
            });
        }
        let taken: Decimal = targets(&body)
            .iter()
            .map(|((kind, _), amount)| if *kind == Kind::CreditMemo { -*amount } else { *amount })
            .sum();
        let left = amount_of(&body, "TotalAmt") - taken;
        body.insert(UNAPPLIED.into(), number(left));
        company.put(Kind::Payment, payment, body, Operation::Update);
    }
}
