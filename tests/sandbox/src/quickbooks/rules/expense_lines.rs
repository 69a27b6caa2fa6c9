//! Lines of bills and purchases: an account or an item each.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lines::{Sums, checked_amount, number_lines};
use super::{Subject, check_reference, complete_account};
use crate::quickbooks::decimals::{Object, cents, decimal, items_of, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

const BY_ACCOUNT: &str = "AccountBasedExpenseLineDetail";
const BY_ITEM: &str = "ItemBasedExpenseLineDetail";

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<Sums, Refusal> {
    let given = items_of(draft, "Line");
    let mut sums = Sums::default();
    let mut kept: Vec<Object> = Vec::with_capacity(given.len());
    let mut counted = 0;
    for line in given.iter().filter_map(Value::as_object) {
        match text_of(line, "DetailType") {
            "" => return Err(Refusal::missing("Line.DetailType")),
            kind @ (BY_ACCOUNT | BY_ITEM) => {
                kept.push(expense_line(company, line, kind, &mut sums)?);
                counted += 1;
            }
            "DescriptionOnly" => kept.push(line.clone()),
            other => return Err(Refusal::not_modelled(format!("lines of type {other}"))),
        }
    }
    if counted == 0 {
        return Err(Refusal::missing("Line"));
    }
    number_lines(subject, &mut kept);
    draft.insert("Line".into(), kept.into_iter().map(Value::Object).collect());
    Ok(sums)
}

fn expense_line(company: &Company, line: &Object, kind: &str, sums: &mut Sums) -> Result<Object, Refusal> {
    let mut line = line.clone();
    let other = if kind == BY_ACCOUNT { BY_ITEM } else { BY_ACCOUNT };
    if line.contains_key(other) {
        return Err(Refusal::business(format!("A line of type {kind} has a {other}.")));
    }
    let amount = line.get("Amount").and_then(decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
    let Some(Value::Object(mut detail)) = line.remove(kind) else {
        return Err(Refusal::missing(&format!("Line.{kind}")));
    };
    let amount = if kind == BY_ITEM {
        complete_item(company, &mut detail)?;
        checked_amount(&detail, amount)?
    } else {
        complete_account(company, &mut detail, ("AccountRef", "Line.AccountRef"), &[])?;
        cents(amount)
    };
    for (name, of) in
        [("CustomerRef", Kind::Customer), ("ClassRef", Kind::Class), ("TaxCodeRef", Kind::TaxCode)]
    {
        check_reference(company, &detail, name, of)?;
    }
    if company.settings.us {
        detail.entry("TaxCodeRef").or_insert_with(|| json!({"value": "NON"}));
    }
    detail.entry("BillableStatus").or_insert_with(|| Value::from("NotBillable"));
    taxed(sums, reference(&detail, "TaxCodeRef").unwrap_or_default(), amount);
    sums.subtotal += amount;
    line.insert("Amount".into(), number(amount));
    line.insert(kind.into(), Value::Object(detail));
    Ok(line)
}

fn complete_item(company: &Company, detail: &mut Object) -> Result<(), Refusal> {
    let path = "Line.ItemBasedExpenseLineDetail.ItemRef";
    let id = reference(detail, "ItemRef").ok_or_else(|| Refusal::missing(path))?.to_owned();
    let row = company.usable(Kind::Item, &id).filter(|row| text_of(&row.body, "Type") != "Category");
    let row = row.ok_or_else(|| Refusal::bad_reference(path, &id))?;
    let named = json!({"value": id, "name": text_of(&row.body, "FullyQualifiedName")});
    detail.insert("ItemRef".into(), named);
    Ok(())
}

fn taxed(sums: &mut Sums, code: &str, amount: Decimal) {
    match sums.by_tax_code.iter_mut().find(|(known, _)| known == code) {
        Some((_, net)) => *net += amount,
        None => sums.by_tax_code.push((code.to_owned(), amount)),
    }
}
