//! Accounts: unique code and name, a type that gives the class.

use serde_json::{Value, json};

use super::Draft;
use crate::kit::decimals::{Object, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

/// The class of each type.
fn class(account_type: &str) -> Option<&'static str> {
    match account_type {
        "BANK" | "CURRENT" | "FIXED" | "INVENTORY" | "NONCURRENT" | "PREPAYMENT" => Some("ASSET"),
        "CURRLIAB" | "LIABILITY" | "TERMLIAB" | "PAYG" => Some("LIABILITY"),
        "EQUITY" => Some("EQUITY"),
        "DEPRECIATN" | "DIRECTCOSTS" | "EXPENSE" | "OVERHEADS" => Some("EXPENSE"),
        "OTHERINCOME" | "REVENUE" | "SALES" => Some("REVENUE"),
        _ => None,
    }
}

pub(super) fn apply(book: &Book, draft: &Draft) -> Result<Object, Refusal> {
    let mut body = draft.merged();
    if text_of(&draft.sent, "Status") == "DELETED" {
        return Err(Refusal::invalid("Accounts are deleted with DELETE; Status may be ACTIVE or ARCHIVED"));
    }
    let Some(class) = class(text_of(&body, "Type")) else {
        return Err(Refusal::invalid("Account Type must be specified and valid"));
    };
    let mut messages = Vec::new();
    for (field, most) in [("Code", 10), ("Name", 150)] {
        let value = text_of(&body, field);
        let mut others = book.with_key(Kind::Account, field, value);
        if value.is_empty() || value.chars().count() > most {
            messages.push(format!("Account {field} must be specified."));
        } else if others.any(|(id, _)| id != draft.old_id()) {
            messages.push(format!("Please enter a unique {field}."));
        }
    }
    if text_of(&body, "Type") == "BANK" && text_of(&body, "BankAccountNumber").is_empty() {
        messages.push("BankAccountNumber must be specified for bank accounts.".into());
    }
    let system = draft.old.as_ref().is_some_and(|(_, old)| !text_of(old, "SystemAccount").is_empty());
    if system && text_of(&body, "Status") == "ARCHIVED" {
        messages.push("System accounts cannot be archived.".into());
    }
    let tax = text_of(&body, "TaxType");
    if !tax.is_empty() && book.body(Kind::TaxRate, tax).is_none() {
        messages.push(format!("The TaxType code '{tax}' does not exist."));
    }
    if !messages.is_empty() {
        return Err(Refusal::Invalid(messages));
    }
    body.insert("Class".into(), Value::from(class));
    body.entry("Status").or_insert(json!("ACTIVE"));
    body.entry("TaxType").or_insert(json!("NONE"));
    for name in ["EnablePaymentsToAccount", "ShowInExpenseClaims", "AddToWatchlist", "HasAttachments"] {
        body.entry(name).or_insert(json!(false));
    }
    Ok(body)
}
