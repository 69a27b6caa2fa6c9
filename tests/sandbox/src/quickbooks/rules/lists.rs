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
    let parent = reference(draft, "ParentRef").and_then(|id| company.usable(Kind::Item, id));
    let name = text_of(draft, "Name");
    let full = parent.map_or_else(
        || name.to_owned(),
        |parent| format!("{}:{name}", text_of(&parent.body, "FullyQualifiedName")),
    );
    draft.insert("FullyQualifiedName".into(), Value::from(full));
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
    let name = draft.get("Name").cloned().unwrap_or_default();
    draft.insert("FullyQualifiedName".into(), name);
    let is_sub = draft.contains_key("ParentRef");
    draft.insert("SubAccount".into(), Value::Bool(is_sub));
    draft.insert("CurrentBalance".into(), Value::from(0));
    draft.insert("CurrentBalanceWithSubAccounts".into(), Value::from(0));
    Ok(())
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
    if !active && is_taken(company, subject, &name) {
        name = format!("{given} (deleted {})", subject.id.unwrap_or_default());
    }
    if is_taken(company, subject, &name) {
        return Err(Refusal::duplicate_name());
    }
    draft.insert("Active".into(), Value::Bool(active));
    draft.insert("Name".into(), Value::from(name));
    Ok(())
}

fn is_taken(company: &Company, subject: Subject<'_>, name: &str) -> bool {
    company.table(subject.kind).with_key(name).any(|id| Some(id) != subject.id)
}
