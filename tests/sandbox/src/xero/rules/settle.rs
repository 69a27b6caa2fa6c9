//! What is paid, credited and open of a document.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::{Object, amount_of, decimal, items_of, money, text_of};
use crate::xero::kind::Kind;

/// Works out what is open, and whether that makes the document paid.
pub(super) fn settle(kind: Kind, body: &mut Object) {
    for name in ["Payments", "CreditNotes", "Allocations"] {
        let belongs = (kind == Kind::Invoice) != (name == "Allocations") || name == "Payments";
        if belongs && !body.contains_key(name) {
            body.insert(name.into(), json!([]));
        }
    }
    if kind == Kind::CreditNote {
        body.remove("CreditNotes");
    } else {
        body.remove("Allocations");
    }
    let total = amount_of(body, "Total");
    let paid = sum(body, "Payments", "Amount");
    let (credited, open) = match kind {
        Kind::Invoice => (sum(body, "CreditNotes", "AppliedAmount"), "AmountDue"),
        _ => (sum(body, "Allocations", "Amount"), "RemainingCredit"),
    };
    let due = total - paid - credited;
    body.insert(open.into(), money(due));
    if kind == Kind::Invoice {
        body.insert("AmountPaid".into(), money(paid));
        body.insert("AmountCredited".into(), money(credited));
    }
    state(body, due);
}

fn state(body: &mut Object, due: Decimal) {
    let status = text_of(body, "Status");
    if !matches!(status, "AUTHORISED" | "PAID") {
        return;
    }
    if due.is_zero() {
        let date = last_date(body).unwrap_or_else(|| body["Date"].clone());
        body.insert("FullyPaidOnDate".into(), date);
        body.insert("Status".into(), Value::from("PAID"));
    } else {
        body.remove("FullyPaidOnDate");
        body.insert("Status".into(), Value::from("AUTHORISED"));
    }
}

fn last_date(body: &Object) -> Option<Value> {
    let lists = ["Payments", "CreditNotes", "Allocations"];
    lists
        .iter()
        .flat_map(|name| items_of(body, name))
        .filter_map(|entry| entry.get("Date"))
        .next_back()
        .cloned()
}

fn sum(body: &Object, list: &str, field: &str) -> Decimal {
    items_of(body, list).iter().filter_map(|entry| decimal(&entry[field])).sum()
}

/// Adds an entry to one of the document's lists, and settles.
pub(super) fn add(kind: Kind, body: &mut Object, list: &str, entry: Value) {
    if let Some(entries) = body.get_mut(list).and_then(Value::as_array_mut) {
        entries.push(entry);
    }
    settle(kind, body);
}

/// Takes the entry with this id out, and settles.
pub(super) fn take(kind: Kind, body: &mut Object, list: &str, (field, id): (&str, &str)) {
    if let Some(entries) = body.get_mut(list).and_then(Value::as_array_mut) {
        entries.retain(|entry| entry[field] != id);
    }
    settle(kind, body);
}

/// What is open of a document.
pub(super) fn open(kind: Kind, body: &Object) -> Decimal {
    amount_of(body, if kind == Kind::Invoice { "AmountDue" } else { "RemainingCredit" })
}
