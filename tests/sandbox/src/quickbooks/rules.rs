//! What the books accept, and what the server works out by itself.

mod bill_payments;
mod company_info;
mod documents;
mod expense_lines;
mod journals;
mod lines;
mod lists;
mod names;
mod payments;
mod purchases;
mod tax;

use super::decimals::{Object, reference};
use super::faultbody::Refusal;
use super::kind::Kind;
use super::store::Company;
pub(crate) use documents::settle;
pub(crate) use payments::{Target, UNAPPLIED, detach, relink, targets};

/// The object a draft is for.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) kind: Kind,
    /// Absent on a create.
    pub(crate) id: Option<u64>,
    /// The state before the change.
    pub(crate) old: Option<&'a Object>,
    /// `include=allowduplicatedocnum` was given.
    pub(crate) any_doc_number: bool,
}

/// Checks a whole new state and completes it.
pub(crate) fn complete(
    company: &mut Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    match subject.kind {
        Kind::Customer | Kind::Vendor => names::complete(company, subject, draft),
        Kind::Item => lists::complete_item(company, subject, draft),
        Kind::Account => lists::complete_account(company, subject, draft),
        Kind::Class => lists::complete_class(company, subject, draft),
        Kind::Term => lists::complete_term(company, subject, draft),
        Kind::Invoice | Kind::CreditMemo => documents::complete(company, subject, draft),
        Kind::Payment => payments::complete(company, subject, draft),
        Kind::Bill => purchases::complete_bill(company, subject, draft),
        Kind::Purchase => purchases::complete_purchase(company, subject, draft),
        Kind::BillPayment => bill_payments::complete(company, subject, draft),
        Kind::JournalEntry => journals::complete(company, subject, draft),
        Kind::CompanyInfo => company_info::complete(draft),
        Kind::TaxCode | Kind::Preferences => {
            Err(Refusal::not_modelled(format!("writing {}", subject.kind.name())))
        }
    }
}

/// Checks that the reference property, when given, names something live.
fn check_reference(company: &Company, draft: &Object, name: &str, kind: Kind) -> Result<(), Refusal> {
    match reference(draft, name) {
        Some(id) if company.usable(kind, id).is_none() => Err(Refusal::bad_reference(name, id)),
        _ => Ok(()),
    }
}

/// The account a reference property names, of one of these types; its name is filled in.
fn complete_account(
    company: &Company,
    holder: &mut Object,
    (name, path): (&str, &str),
    types: &[&str],
) -> Result<(), Refusal> {
    let id = reference(holder, name).ok_or_else(|| Refusal::missing(path))?.to_owned();
    let row = company.usable(Kind::Account, &id).ok_or_else(|| Refusal::bad_reference(path, &id))?;
    let kind = super::decimals::text_of(&row.body, "AccountType");
    if !types.is_empty() && !types.contains(&kind) {
        return Err(Refusal::business(format!(
            "Select a different type of account for this transaction: {path} must be {}.",
            types.join(" or ")
        )));
    }
    let named =
        serde_json::json!({"value": id, "name": super::decimals::text_of(&row.body, "FullyQualifiedName")});
    holder.insert(name.into(), named);
    Ok(())
}

/// The vendor a transaction is with; its name and currency are filled in.
fn complete_vendor(company: &Company, draft: &mut Object) -> Result<String, Refusal> {
    let id = reference(draft, "VendorRef").ok_or_else(|| Refusal::missing("VendorRef"))?.to_owned();
    let vendor = company.usable(Kind::Vendor, &id).ok_or_else(|| Refusal::bad_reference("VendorRef", &id))?;
    let vendor = vendor.body.clone();
    let (theirs, ours) = (reference(&vendor, "CurrencyRef"), reference(draft, "CurrencyRef"));
    if ours.is_some() && ours != theirs {
        return Err(Refusal::business("The currency of the transaction must be the vendor's."));
    }
    if let Some(theirs) = vendor.get("CurrencyRef") {
        draft.insert("CurrencyRef".into(), theirs.clone());
    }
    if let Some(address) = vendor.get("BillAddr") {
        draft.entry("VendorAddr").or_insert_with(|| address.clone());
    }
    let named = serde_json::json!({"value": id, "name": super::decimals::text_of(&vendor, "DisplayName")});
    draft.insert("VendorRef".into(), named);
    Ok(id)
}

/// The home currency when none is given; a foreign one only where the company has them.
fn complete_currency(company: &Company, draft: &mut Object) -> Result<(), Refusal> {
    let home = company.settings.home_currency;
    match reference(draft, "CurrencyRef") {
        None => {
            draft.insert("CurrencyRef".into(), serde_json::json!({"value": home}));
            Ok(())
        }
        Some(code) if code == home || company.settings.multi_currency => Ok(()),
        Some(_) => Err(Refusal::business("Multi Currency should be enabled to perform this operation.")),
    }
}

/// Text a person names something by: trimmed, without colon, tab and newline.
fn checked_name(name: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.contains([':', '\t', '\n', '\r']) {
        return Err(Refusal::bad_text(name));
    }
    Ok(text.to_owned())
}

/// What a name becomes when its object is made inactive, and back (the provider marks it so).
fn name_after_switch(subject: Subject<'_>, field: &str, name: &str, active: bool) -> String {
    let Some(old) = subject.old else { return name.to_owned() };
    let was_active = old.get("Active").and_then(serde_json::Value::as_bool).unwrap_or(true);
    let unchanged = super::decimals::text_of(old, field) == name;
    match (was_active, active) {
        (true, false) if !name.ends_with(DELETED) => format!("{name}{DELETED}"),
        (false, true) if unchanged => name.strip_suffix(DELETED).unwrap_or(name).to_owned(),
        _ => name.to_owned(),
    }
}

/// Suffix of the names of inactive list objects.
const DELETED: &str = " (deleted)";
