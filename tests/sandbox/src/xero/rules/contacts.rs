//! Contacts: a unique name among active ones, addresses and phones by type.

use serde_json::{Value, json};

use super::Draft;
use crate::kit::decimals::{Object, items_of, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

const ADDRESSES: &[&str] = &["STREET", "POBOX"];
const PHONES: &[&str] = &["DDI", "DEFAULT", "FAX", "MOBILE"];
const PHONE_PARTS: &[&str] = &["PhoneNumber", "PhoneAreaCode", "PhoneCountryCode"];
const ADDRESS_PARTS: &[&str] = &["City", "Region", "PostalCode", "Country"];

pub(super) fn apply(book: &Book, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    let name = text_of(&body, "Name").trim().to_owned();
    if name.is_empty() {
        return Err(Refusal::invalid("The contact name must be specified."));
    }
    if !body.contains_key("ContactStatus") {
        body.insert("ContactStatus".into(), json!("ACTIVE"));
    }
    let messages = broken(book, draft, &body, &name);
    if !messages.is_empty() {
        return Err(Refusal::Invalid(messages));
    }
    body.insert("Name".into(), Value::from(name));
    for (field, type_field, types, parts) in
        [("Addresses", "AddressType", ADDRESSES, ADDRESS_PARTS), ("Phones", "PhoneType", PHONES, PHONE_PARTS)]
    {
        let old = draft.old.as_ref().map_or(&[][..], |(_, old)| items_of(old, field));
        let all = by_type(old, items_of(&draft.sent, field), (type_field, types, parts));
        body.insert(field.into(), Value::Array(all));
    }
    for name in ["ContactPersons", "ContactGroups"] {
        if !body.contains_key(name) {
            body.insert(name.into(), json!([]));
        }
    }
    body.insert("HasAttachments".into(), json!(false));
    body.insert("HasValidationErrors".into(), json!(false));
    Ok(body)
}

/// The rules the contact breaks.
fn broken(book: &Book, draft: &Draft, body: &Object, name: &str) -> Vec<String> {
    let mut messages = Vec::new();
    let is_active = text_of(body, "ContactStatus") == "ACTIVE";
    let other = |field, value: &str| {
        let mut found = book.with_key(Kind::Contact, field, value);
        found.any(|(id, other)| id != draft.old_id() && text_of(other, "ContactStatus") == "ACTIVE")
    };
    if is_active && other("Name", name) {
        messages.push(format!(
            "The contact name {name} is already assigned to another contact. The contact name must be unique across all active contacts."
        ));
    }
    let number = text_of(body, "ContactNumber");
    if is_active && !number.is_empty() && other("ContactNumber", number) {
        messages.push(format!("The contact number {number} is already assigned to another contact."));
    }
    let email = text_of(body, "EmailAddress");
    if !email.is_empty() && !is_email(email) {
        messages.push(format!("Email address '{email}' is not a valid email address."));
    }
    messages.extend(unknown_accounts(book, body));
    let people = items_of(body, "ContactPersons").len();
    if people > 5 {
        messages.push("A contact can have at most 5 contact persons.".into());
    }
    messages
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        && !text.contains(char::is_whitespace)
}

fn unknown_accounts(book: &Book, body: &Object) -> Vec<String> {
    let mut messages = Vec::new();
    for name in ["SalesDefaultAccountCode", "PurchasesDefaultAccountCode"] {
        let code = text_of(body, name);
        if !code.is_empty() && book.live(Kind::Account, "Code", code).is_none() {
            messages.push(format!("Account code '{code}' is not a valid code for {name}."));
        }
    }
    messages
}

/// All types, each as sent, else as it was, else empty.
fn by_type(old: &[Value], sent: &[Value], (field, types, parts): (&str, &[&str], &[&str])) -> Vec<Value> {
    let of = |list: &[Value], wanted: &str| list.iter().find(|value| value[field] == wanted).cloned();
    let all = types.iter().map(|wanted| {
        of(sent, wanted).or_else(|| of(old, wanted)).unwrap_or_else(|| {
            let mut empty = json!({ field: wanted });
            for part in parts {
                empty[*part] = Value::from("");
            }
            empty
        })
    });
    let mut all: Vec<Value> = all.collect();
    let others = sent.iter().filter(|value| !types.iter().any(|known| value[field] == *known));
    all.extend(others.cloned());
    all
}
