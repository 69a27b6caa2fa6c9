//! Items, accounts and terms.

use serde_json::Value;

use super::{Subject, check_reference, checked_name, complete_currency, name_after_switch};
use crate::quickbooks::decimals::{Object, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

/// Item types this simulator keeps books for.
const ITEM_TYPES: [&str; 4] = ["Service", "NonInventory", "Inventory", "Category"];

pub(super) fn complete_item(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_name(company, subject, draft)?;
    let kind = text_of(draft, "Type").to_owned();
    if kind.is_empty() {
        return Err(Refusal::missing("Type"));
    }
    if !ITEM_TYPES.contains(&kind.as_str()) {
        return Err(Refusal::not_modelled(format!("items of type {kind}")));
    }
    for account in ["IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "COGSAccountRef"] {
        check_reference(company, draft, account, Kind::Account)?;
    }
    check_item_accounts(draft, &kind)?;
    check_reference(company, draft, "ParentRef", Kind::Item)?;
    complete_full_name(company, subject, draft);
    draft.entry("UnitPrice").or_insert_with(|| Value::from(0));
    draft.entry("Taxable").or_insert(Value::Bool(false));
    draft.entry("TrackQtyOnHand").or_insert(Value::Bool(false));
    Ok(())
}

/// The accounts each type of item needs.
fn check_item_accounts(draft: &Object, kind: &str) -> Result<(), Refusal> {
    let required: &[&str] = match kind {
        "Inventory" => {
            &["IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "InvStartDate", "QtyOnHand"]
        }
        "Category" => &[],
        _ if reference(draft, "ExpenseAccountRef").is_some() => &[],
        _ => &["IncomeAccountRef"],
    };
    match required.iter().find(|name| !draft.contains_key(**name)) {
        Some(name) => Err(Refusal::missing(name)),
        None => Ok(()),
    }
}

pub(super) fn complete_account(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_name(company, subject, draft)?;
    if !draft.contains_key("AccountType") {
        return Err(Refusal::missing("AccountType"));
    }
    check_reference(company, draft, "ParentRef", Kind::Account)?;
    complete_currency(company, draft)?;
    complete_full_name(company, subject, draft);
    let is_sub = draft.contains_key("ParentRef");
    draft.insert("SubAccount".into(), Value::Bool(is_sub));
    if let Some(class) = classification(text_of(draft, "AccountType")) {
        draft.entry("Classification").or_insert_with(|| Value::from(class));
    }
    draft.insert("CurrentBalance".into(), Value::from(0));
    draft.insert("CurrentBalanceWithSubAccounts".into(), Value::from(0));
    Ok(())
}

/// What kind of account each type is.
fn classification(account_type: &str) -> Option<&'static str> {
    Some(match account_type {
        "Bank" | "Accounts Receivable" | "Other Current Asset" | "Fixed Asset" | "Other Asset" => "Asset",
        "Accounts Payable" | "Credit Card" | "Other Current Liability" | "Long Term Liability" => "Liability",
        "Equity" => "Equity",
        "Income" | "Other Income" => "Revenue",
        "Cost of Goods Sold" | "Expense" | "Other Expense" => "Expense",
        _ => return None,
    })
}

pub(super) fn complete_class(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_name(company, subject, draft)?;
    check_reference(company, draft, "ParentRef", Kind::Class)?;
    complete_full_name(company, subject, draft);
    let is_sub = draft.contains_key("ParentRef");
    draft.insert("SubClass".into(), Value::Bool(is_sub));
    Ok(())
}

/// The names of its parents and its own, with colons between.
fn complete_full_name(company: &Company, subject: Subject<'_>, draft: &mut Object) {
    let parent = reference(draft, "ParentRef").and_then(|id| company.usable(subject.kind, id));
    let name = text_of(draft, "Name");
    let full = parent.map_or_else(
        || name.to_owned(),
        |parent| format!("{}:{name}", text_of(&parent.body, "FullyQualifiedName")),
    );
    draft.insert("FullyQualifiedName".into(), Value::from(full));
}

pub(super) fn complete_term(
    company: &Company,
    subject: Subject<'_>,
    draft: &mut Object,
) -> Result<(), Refusal> {
    complete_name(company, subject, draft)?;
    if !draft.contains_key("DueDays") && !draft.contains_key("DayOfMonthDue") {
        return Err(Refusal::missing("DueDays"));
    }
    let kind = if draft.contains_key("DueDays") { "STANDARD" } else { "DATE_DRIVEN" };
    draft.insert("Type".into(), Value::from(kind));
    Ok(())
}

/// `Name` trimmed, allowed, marked when inactive, and unique within the entity.
fn complete_name(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let active = draft.get("Active").and_then(Value::as_bool).unwrap_or(true);
    let given = checked_name("Name", text_of(draft, "Name"))?;
    if given.is_empty() {
        return Err(Refusal::missing("Name"));
    }
    let mut name = name_after_switch(subject, "Name", &given, active);
    let parent = reference(draft, "ParentRef");
    if !active && is_taken(company, subject, &name, parent) {
        name = format!("{given} (deleted {})", subject.id.unwrap_or_default());
    }
    if is_taken(company, subject, &name, parent) {
        return Err(Refusal::duplicate_name());
    }
    draft.insert("Active".into(), Value::Bool(active));
    draft.insert("Name".into(), Value::from(name));
    Ok(())
}

/// Accounts and classes may share a name below different parents; items may not.
fn is_taken(company: &Company, subject: Subject<'_>, name: &str, parent: Option<&str>) -> bool {
    let below = |id: u64| company.row(subject.kind, id).and_then(|row| reference(&row.body, "ParentRef"));
    let nested = matches!(subject.kind, Kind::Account | Kind::Class);
    let mut known = company.table(subject.kind).with_key(name);
    known.any(|id| Some(id) != subject.id && (!nested || below(id) == parent))
}
