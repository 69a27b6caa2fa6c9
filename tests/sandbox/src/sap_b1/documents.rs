//! Orders and invoices: their rules, their sums, and how little of a posted one can be changed.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::book::{Book, Key, Row};
use super::kinds::{self, Kind};
use super::{refusal, stamps};
use crate::kit::Answer;
use crate::kit::decimals::{Object, amount_of, cents, items_of, number, text_of};

/// VAT groups of the company, in per cent.
const VAT_GROUPS: [(&str, i64); 3] = [("O1", 20), ("O2", 5), ("O0", 0)];

/// What may be changed of a posted invoice.
const LOOSE: [&str; 6] = ["DocDueDate", "NumAtCard", "Comments", "JournalMemo", "Reference1", "TaxDate"];

/// What a new document has without being asked.
pub(super) fn defaults(book: &Book, fields: &mut Object, now_ms: i64) {
    let partner = partner_of(book, fields).map(|row| row.fields.clone()).unwrap_or_default();
    let (today, _) = stamps::local(now_ms, book.config.utc_offset_hours);
    let mut fill = |name: &str, value: Value| {
        if fields.get(name).is_none_or(Value::is_null) {
            fields.insert(name.to_owned(), value);
        }
    };
    fill("DocDate", today.clone());
    fill("TaxDate", today);
    fill("DocType", json!("dDocument_Items"));
    for (name, of) in [("CardName", "CardName"), ("DocCurrency", "Currency")] {
        fill(name, partner.get(of).cloned().unwrap_or_default());
    }
    for (name, value) in [("DocumentStatus", "bost_Open"), ("Cancelled", "tNO"), ("CancelStatus", "csNo")] {
        fill(name, json!(value));
    }
}

fn partner_of<'a>(book: &'a Book, fields: &Object) -> Option<&'a Row> {
    book.get(kinds::kind("BusinessPartners")?, &Key::Text(text_of(fields, "CardCode").to_owned()))
}

/// Checks a document, and fills its lines and sums. Errors: a rule of the application.
pub(super) fn settle(book: &Book, kind: &Kind, key: &Key, fields: &mut Object) -> Result<(), Answer> {
    let partner = partner_of(book, fields).ok_or_else(|| refusal::rule("Customer record not found"))?;
    if text_of(&partner.fields, "CardType") != "cCustomer" || text_of(&partner.fields, "Frozen") == "tYES" {
        return Err(refusal::rule("Specify an active customer"));
    }
    if kind.set == "Orders" && text_of(fields, "DocDueDate").is_empty() {
        return Err(refusal::rule("Enter delivery date  [ORDR.DocDueDate]"));
    }
    let mut lines = items_of(fields, "DocumentLines").to_vec();
    if lines.is_empty() {
        return Err(refusal::rule("No matching records found: the document has no lines"));
    }
    let service = text_of(fields, "DocType") == "dDocument_Service";
    let (mut total, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    for place in 0..lines.len() {
        let next = lines.iter().filter_map(|line| line["LineNum"].as_i64()).max().map_or(0, |most| most + 1);
        let line = lines[place].as_object_mut().ok_or_else(refusal::internal)?;
        line.entry("LineNum").or_insert(json!(next));
        line.insert("DocEntry".into(), key.value());
        line.insert("Currency".into(), fields.get("DocCurrency").cloned().unwrap_or_default());
        line.insert("LineStatus".into(), fields.get("DocumentStatus").cloned().unwrap_or_default());
        let (of_line, of_tax) = sum(book, line, service)?;
        total += of_line;
        tax += of_tax;
    }
    fields.insert("DocumentLines".into(), Value::Array(lines));
    fields.insert("VatSum".into(), number(tax));
    fields.insert("DocTotal".into(), number(total + tax));
    Ok(())
}

/// The sum of a line and its tax.
fn sum(book: &Book, line: &mut Object, service: bool) -> Result<(Decimal, Decimal), Answer> {
    let total = if service {
        if text_of(line, "AccountCode").is_empty() {
            return Err(refusal::rule("Enter a G/L account for the line"));
        }
        cents(amount_of(line, "LineTotal"))
    } else {
        item(book, line)?;
        cents(amount_of(line, "Quantity") * amount_of(line, "UnitPrice"))
    };
    line.insert("Price".into(), number(amount_of(line, "UnitPrice")));
    line.insert("LineTotal".into(), number(total));
    let group = line.entry("VatGroup").or_insert(json!("O1")).clone();
    let rate = VAT_GROUPS.iter().find(|(name, _)| group == *name).map(|(_, rate)| Decimal::from(*rate));
    let rate = rate.ok_or_else(|| refusal::rule("Tax definition not found for the line's VAT group"))?;
    Ok((total, cents(total * rate / Decimal::ONE_HUNDRED)))
}

fn item(book: &Book, line: &mut Object) -> Result<(), Answer> {
    let items = kinds::kind("Items").ok_or_else(refusal::internal)?;
    let item = book.get(items, &Key::Text(text_of(line, "ItemCode").to_owned()));
    let item = item.ok_or_else(|| refusal::rule("Item number not found for the line"))?;
    if text_of(&item.fields, "Frozen") == "tYES" {
        return Err(refusal::rule("Item is inactive"));
    }
    line.entry("Quantity").or_insert(json!(1));
    line.entry("UnitPrice").or_insert(json!(0));
    let name = item.fields.get("ItemName").cloned().unwrap_or_default();
    line.entry("ItemDescription").or_insert(name);
    Ok(())
}

/// Errors: the document cannot be changed so any more.
pub(super) fn check_change(kind: &Kind, row: &Row, sent: &Object) -> Result<(), Answer> {
    let changed = |name: &str, value: &Value| row.fields.get(name) != Some(value);
    if changed("CardCode", sent.get("CardCode").unwrap_or(&row.fields["CardCode"])) {
        return Err(refusal::rule("The customer of a document cannot be changed"));
    }
    let open = text_of(&row.fields, "DocumentStatus") == "bost_Open";
    if kind.set == "Orders" && open {
        return Ok(());
    }
    let loose = |name: &str| LOOSE.contains(&name) || name.starts_with("U_");
    let mut fixed = sent.iter().filter(|(name, value)| !loose(name) && changed(name, value));
    match fixed.next() {
        Some((name, _)) => Err(refusal::business(&format!("This field cannot be updated  [{name}]"))),
        None => Ok(()),
    }
}

/// What an action makes of a document. Errors: the action is not known, or comes too late.
pub(super) fn acted(kind: &Kind, row: &Row, action: &str) -> Result<Object, Answer> {
    let open = text_of(&row.fields, "DocumentStatus") == "bost_Open";
    let mut fields = row.fields.clone();
    match (action, kind.set) {
        ("Cancel", _) if text_of(&fields, "CancelStatus") != "csNo" || (kind.set == "Orders" && !open) => {
            return Err(refusal::rule("Document is already cancelled or closed"));
        }
        ("Cancel", _) => {
            fields.insert("Cancelled".into(), json!("tYES"));
            fields.insert("CancelStatus".into(), json!("csYes"));
        }
        ("Close", "Orders") if open => {}
        ("Close", "Orders") => return Err(refusal::rule("Document is already closed")),
        _ => return Err(refusal::no_action()),
    }
    fields.insert("DocumentStatus".into(), json!("bost_Close"));
    Ok(fields)
}

/// The document that takes a cancelled invoice back. It stands among the invoices.
pub(super) fn cancellation(of: &Object) -> Object {
    let mut fields = of.clone();
    fields.insert("CancelStatus".into(), json!("csCancellation"));
    fields.insert("Cancelled".into(), json!("tNO"));
    fields
}
