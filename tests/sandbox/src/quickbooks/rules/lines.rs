//! Lines of sales documents: checks, numbers, amounts, and the server's subtotal.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Subject;
use crate::quickbooks::decimals::{Object, amount_of, cents, decimal, items_of, number, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

/// What the lines add up to.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Sales lines together.
    pub(super) subtotal: Decimal,
    /// What the discount line takes off.
    pub(super) discount: Decimal,
    /// Net amounts by tax code id, in the order first met.
    pub(super) by_tax_code: Vec<(String, Decimal)>,
}

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<Sums, Refusal> {
    let given = items_of(draft, "Line");
    if given.is_empty() {
        return Err(Refusal::missing("Line"));
    }
    let mut sums = Sums::default();
    let mut kept: Vec<Object> = Vec::with_capacity(given.len() + 1);
    let mut discounts: Vec<Object> = Vec::new();
    for line in given.iter().filter_map(Value::as_object) {
        match text_of(line, "DetailType") {
            "" => return Err(Refusal::missing("Line.DetailType")),
            "SalesItemLineDetail" => kept.push(sales_line(company, line, &mut sums)?),
            "DescriptionOnly" => kept.push(line.clone()),
            "DiscountLineDetail" => discounts.push(line.clone()),
            "SubTotalLineDetail" => {}
            other => return Err(Refusal::not_modelled(format!("lines of type {other}"))),
        }
    }
    if kept.is_empty() {
        return Err(Refusal::missing("Line"));
    }
    for discount in &mut discounts {
        discount_line(discount, &mut sums)?;
    }
    number_lines(subject, &mut kept);
    kept.push(subtotal_line(sums.subtotal));
    kept.append(&mut discounts);
    draft.insert("Line".into(), kept.into_iter().map(Value::Object).collect());
    Ok(sums)
}

fn sales_line(company: &Company, line: &Object, sums: &mut Sums) -> Result<Object, Refusal> {
    let mut line = line.clone();
    let amount = line.get("Amount").and_then(decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
    let Some(Value::Object(mut detail)) = line.remove("SalesItemLineDetail") else {
        return Err(Refusal::missing("Line.SalesItemLineDetail"));
    };
    let amount = checked_amount(&detail, amount)?;
    let item =
        reference(&detail, "ItemRef").ok_or_else(|| Refusal::missing("Line.SalesItemLineDetail.ItemRef"))?;
    let row = company
        .usable(Kind::Item, item)
        .filter(|row| text_of(&row.body, "Type") != "Category")
        .ok_or_else(|| Refusal::bad_reference("Line.SalesItemLineDetail.ItemRef", item))?;
    let named = json!({"value": item, "name": text_of(&row.body, "FullyQualifiedName")});
    if company.settings.us && !detail.contains_key("TaxCodeRef") {
        detail.insert("TaxCodeRef".into(), json!({"value": "NON"}));
    }
    if let Some(code) = reference(&detail, "TaxCodeRef") {
        if company.usable(Kind::TaxCode, code).is_none() {
            return Err(Refusal::bad_reference("Line.SalesItemLineDetail.TaxCodeRef", code));
        }
        match sums.by_tax_code.iter_mut().find(|(known, _)| known == code) {
            Some((_, net)) => *net += amount,
            None => sums.by_tax_code.push((code.to_owned(), amount)),
        }
    } else {
        sums.by_tax_code.push((String::new(), amount));
    }
    detail.insert("ItemRef".into(), named);
    sums.subtotal += amount;
    line.insert("Amount".into(), number(amount));
    line.insert("SalesItemLineDetail".into(), Value::Object(detail));
    Ok(line)
}

/// `Amount` must be `Qty` times `UnitPrice`, rounded to cents, when both are given.
pub(super) fn checked_amount(detail: &Object, amount: Decimal) -> Result<Decimal, Refusal> {
    let both = detail.get("Qty").and_then(decimal).zip(detail.get("UnitPrice").and_then(decimal));
    match both {
        Some((quantity, price)) => {
            let product = quantity.checked_mul(price).map(cents);
            if product == Some(amount) { Ok(amount) } else { Err(Refusal::amount(&amount.to_string())) }
        }
        None => Ok(cents(amount)),
    }
}

/// A discount by percent of the subtotal or by amount.
fn discount_line(line: &mut Object, sums: &mut Sums) -> Result<(), Refusal> {
    let Some(Value::Object(detail)) = line.get("DiscountLineDetail") else {
        return Err(Refusal::missing("Line.DiscountLineDetail"));
    };
    let by_percent = detail.get("PercentBased").and_then(Value::as_bool).unwrap_or(false);
    let amount = if by_percent {
        cents(sums.subtotal * amount_of(detail, "DiscountPercent") / Decimal::ONE_HUNDRED)
    } else {
        let given = line.get("Amount").and_then(decimal);
        cents(given.ok_or_else(|| Refusal::missing("Line.Amount"))?)
    };
    sums.discount += amount;
    line.insert("Amount".into(), number(amount));
    Ok(())
}

/// Ids and positions: a line keeps an id the document already has; others get the next free one.
pub(super) fn number_lines(subject: Subject<'_>, lines: &mut [Object]) {
    let old = subject.old.map(|old| items_of(old, "Line")).unwrap_or_default();
    let known: BTreeSet<&str> = old.iter().filter_map(|line| line.get("Id")?.as_str()).collect();
    let mut next = known.iter().filter_map(|id| id.parse::<u64>().ok()).max().unwrap_or(0) + 1;
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (position, line) in lines.iter_mut().enumerate() {
        let given = text_of(line, "Id").to_owned();
        let id = if known.contains(given.as_str()) && !used.contains(&given) {
            given
        } else {
            next += 1;
            (next - 1).to_string()
        };
        used.insert(id.clone());
        line.insert("Id".into(), Value::from(id));
        line.insert("LineNum".into(), Value::from(position + 1));
    }
}

fn subtotal_line(subtotal: Decimal) -> Object {
    let line =
        json!({"Amount": number(subtotal), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}});
    match line {
        Value::Object(line) => line,
        _ => Object::new(),
    }
}
