//! Objects as they are answered.

use serde_json::{Value, json};

use super::dates::twin;
use super::kind::Kind;
use super::store::Book;
use crate::kit::decimals::{Object, decimal, number, rounded, text_of};

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// Whether documents show their lines.
    pub(super) lines: bool,
    /// `summaryOnly=true`.
    pub(super) summary: bool,
}

/// Everything, as single objects are shown.
pub(super) const WHOLE: Look = Look { lines: true, summary: false };

/// What `summaryOnly` leaves out.
const HEAVY: &[&str] = &[
    "LineItems",
    "Payments",
    "CreditNotes",
    "Prepayments",
    "Overpayments",
    "Addresses",
    "Phones",
    "ContactPersons",
    "ContactGroups",
];

/// An object as it is answered.
pub(super) fn shown(book: &Book, kind: Kind, body: &Object, look: Look) -> Object {
    let mut shown = body.clone();
    match kind {
        Kind::Contact => contact(book, &mut shown),
        Kind::Invoice | Kind::CreditNote => document(book, kind, &mut shown, look),
        Kind::Payment => payment(book, &mut shown),
        _ => {}
    }
    if look.summary {
        for name in HEAVY {
            shown.remove(*name);
        }
    }
    shown
}

fn contact(book: &Book, shown: &mut Object) {
    let id = text_of(shown, "ContactID").to_owned();
    for (name, sales) in [("IsCustomer", true), ("IsSupplier", false)] {
        shown.insert(name.into(), json!(book.roles.contains(&(id.clone(), sales))));
    }
}

/// The contact as documents carry it, under its present name.
fn contact_of(book: &Book, id: &str) -> Value {
    let contact = book.body(Kind::Contact, id);
    let name = contact.map_or("", |contact| text_of(contact, "Name"));
    let mut shown = json!({
        "ContactID": id, "Name": name, "Addresses": [], "Phones": [], "ContactGroups": [],
        "ContactPersons": [], "HasValidationErrors": false
    });
    if let Some(number) = contact.and_then(|contact| contact.get("ContactNumber")) {
        shown["ContactNumber"] = number.clone();
    }
    shown
}

fn document(book: &Book, kind: Kind, shown: &mut Object, look: Look) {
    let id = shown["Contact"]["ContactID"].as_str().unwrap_or_default().to_owned();
    shown.insert("Contact".into(), contact_of(book, &id));
    for (date, name) in [("Date", "DateString"), ("DueDate", "DueDateString")] {
        if let Some(twin) = twin(text_of(shown, date)) {
            shown.insert(name.into(), Value::from(twin));
        }
    }
    if look.lines {
        round_units(book.settings.unit_places, shown);
    } else {
        shown.insert("LineItems".into(), json!([]));
    }
    let quiet: &[&str] =
        if kind == Kind::Invoice { &["SentToContact", "IsDiscounted"] } else { &["SentToContact"] };
    for name in quiet.iter().chain(&["HasAttachments", "HasErrors"]) {
        shown.entry(*name).or_insert(json!(false));
    }
    if kind == Kind::Invoice {
        shown.insert("Prepayments".into(), json!([]));
        shown.insert("Overpayments".into(), json!([]));
    }
}

fn round_units(places: u32, shown: &mut Object) {
    let Some(lines) = shown.get_mut("LineItems").and_then(Value::as_array_mut) else { return };
    for line in lines {
        if let Some(unit) = decimal(&line["UnitAmount"]) {
            line["UnitAmount"] = number(rounded(unit, places));
        }
    }
}

fn payment(book: &Book, shown: &mut Object) {
    for kind in [Kind::Invoice, Kind::CreditNote] {
        let Some(target) = shown.get_mut(kind.name()) else { continue };
        let id = target["Contact"]["ContactID"].as_str().unwrap_or_default().to_owned();
        target["Contact"] = contact_of(book, &id);
        target["LineItems"] = json!([]);
        target["HasErrors"] = json!(false);
    }
}
