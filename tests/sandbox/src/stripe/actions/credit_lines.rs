//! The lines of a credit note.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::prices::unit_of;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given};

/// The lines asked for, checked against the invoice, or one line over `amount`.
pub(super) fn lines_of(work: &mut Work, invoice: &Object, params: &Object) -> Result<Vec<Value>, Refusal> {
    let asked = items_of(params, "lines");
    let amount = params.get("amount").and_then(Value::as_i64);
    if asked.is_empty() {
        let amount = amount.ok_or_else(|| Refusal::missing("amount"))?;
        let description = items_of(invoice, "_lines").first().map(|line| line["description"].clone());
        let text = description.unwrap_or_default();
        return Ok(vec![line(work, (amount, json!(1), Value::Null), &text, None)]);
    }
    let mut lines = Vec::new();
    for (at, one) in asked.iter().enumerate() {
        let path = format!("lines[{at}]");
        let one = one.as_object().cloned().unwrap_or_default();
        lines.push(match text_of(&one, "type") {
            "invoice_line_item" => of_invoice(work, invoice, &one, &path)?,
            _ => custom(work, &one, &path)?,
        });
    }
    let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    if amount.is_some_and(|amount| amount != total) {
        let message = format!("The amount passed does not match the sum of the lines ({total}).");
        return Err(Refusal::state("", "amount", message));
    }
    Ok(lines)
}

/// A part of an invoice line: by amount or by quantity.
fn of_invoice(work: &mut Work, invoice: &Object, one: &Object, path: &str) -> Result<Value, Refusal> {
    let param = format!("{path}[invoice_line_item]");
    let id = given(one, "invoice_line_item").ok_or_else(|| Refusal::missing(&param))?;
    let own = items_of(invoice, "_lines").iter().find(|line| line["id"] == id).cloned();
    let own = own.ok_or_else(|| Refusal::no_such("line_item", id, &param))?;
    let full = own["amount"].as_i64().unwrap_or_default();
    let whole = own["quantity"].as_i64().unwrap_or(1).max(1);
    let quantity = one.get("quantity").and_then(Value::as_i64);
    let amount = match (one.get("amount").and_then(Value::as_i64), quantity) {
        (Some(amount), _) => amount,
        (None, Some(quantity)) => full * quantity / whole,
        (None, None) => return Err(Refusal::missing(&format!("{path}[quantity]"))),
    };
    if amount < 0 || amount > full {
        let message = format!("The credit note line amount must be between 0 and {full}.");
        return Err(Refusal::state("", &format!("{path}[amount]"), message));
    }
    Ok(line(work, (amount, json!(quantity), Value::Null), &own["description"], Some(id)))
}

/// A line of its own: quantity times unit amount.
fn custom(work: &mut Work, one: &Object, path: &str) -> Result<Value, Refusal> {
    let unit = unit_of(one, path)?.ok_or_else(|| Refusal::missing(&format!("{path}[unit_amount]")))?;
    let text = given(one, "description").ok_or_else(|| Refusal::missing(&format!("{path}[description]")))?;
    let quantity = one.get("quantity").and_then(Value::as_i64).unwrap_or(1);
    let total =
        (unit * Decimal::from(quantity)).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let amount = total.to_i64().unwrap_or_default();
    Ok(line(work, (amount, json!(quantity), json!(unit.normalize().to_string())), &json!(text), None))
}

fn line(
    work: &mut Work,
    (amount, quantity, unit): (i64, Value, Value),
    description: &Value,
    of: Option<&str>,
) -> Value {
    let whole: Option<i64> = unit.as_str().and_then(|unit| unit.parse().ok());
    let mut line = json!({
        "id": work.ledger.ids.base62("cnli_", 24),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": work.ledger.livemode,
        "quantity": quantity,
        "tax_rates": [],
        "type": if of.is_some() { "invoice_line_item" } else { "custom_line_item" },
        "unit_amount": whole,
        "unit_amount_decimal": unit
    });
    if let Some(of) = of {
        line["invoice_line_item"] = json!(of);
    }
    line
}
