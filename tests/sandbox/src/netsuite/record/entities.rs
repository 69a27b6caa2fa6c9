//! Customers, vendors, items, accounts and segments: what must be there, what must be unique.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, text_of};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, id_in};

/// Completes and checks a record that is no transaction.
pub(super) fn complete(
    ledger: &Ledger,
    kind: Kind,
    id: Option<u64>,
    body: &mut Object,
) -> Result<(), Refusal> {
    match kind {
        Kind::Customer | Kind::Vendor => entity(ledger, body)?,
        Kind::Account => {
            if text_of(body, "acctName").is_empty() || id_in(body.get("acctType")).is_empty() {
                return Err(Refusal::user("Please enter value(s) for: Name, Account Type"));
            }
        }
        _ => {
            if text_of(body, kind.label()).is_empty() {
                return Err(Refusal::user("Please enter value(s) for: Name"));
            }
        }
    }
    body.entry("isInactive").or_insert(json!(false));
    if let Some(code) = kind.item() {
        body.insert("itemType".into(), json!({"id": code, "refName": code}));
    }
    let label = text_of(body, kind.label());
    let taken = ledger.with_label(kind, label).is_some_and(|other| Some(other) != id);
    if taken {
        let name = kind.name();
        return Err(Refusal::user(format!(
            "A {name} record with this ID already exists. You must enter a unique {name} ID for each record you create."
        )));
    }
    Ok(())
}

fn entity(ledger: &Ledger, body: &mut Object) -> Result<(), Refusal> {
    let is_person = body.get("isPerson") == Some(&json!(true));
    let name = if is_person {
        format!("{} {}", text_of(body, "firstName"), text_of(body, "lastName")).trim().to_owned()
    } else {
        text_of(body, "companyName").to_owned()
    };
    if name.is_empty() {
        let wanted = if is_person { "First Name, Last Name" } else { "Company Name" };
        return Err(Refusal::user(format!("Please enter value(s) for: {wanted}")));
    }
    if ledger.settings.one_world && body.get("subsidiary").is_none() {
        return Err(Refusal::user("Please enter value(s) for: Primary Subsidiary"));
    }
    let email = text_of(body, "email");
    if !email.is_empty() && !email.contains('@') {
        return Err(Refusal::user(format!("Invalid email address {email}.")));
    }
    body.insert("isPerson".into(), json!(is_person));
    body.entry("entityId").or_insert_with(|| Value::from(name));
    body.entry("currency").or_insert(json!({"id": "1"}));
    Ok(())
}
