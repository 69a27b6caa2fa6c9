//! Customers and vendors: one space of display names (fact sheet, "Idempotency").

use serde_json::Value;

use super::{Subject, check_reference, checked_name, complete_currency, name_after_switch};
use crate::quickbooks::decimals::{Object, reference, text_of};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::store::Company;

/// What a display name is made of when none is given, in this order.
const NAME_PARTS: [&str; 5] = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];

pub(super) fn complete(company: &Company, subject: Subject<'_>, draft: &mut Object) -> Result<(), Refusal> {
    let active = draft.get("Active").and_then(Value::as_bool).unwrap_or(true);
    draft.insert("Active".into(), Value::Bool(active));
    let given = display_name(draft)?;
    let mut name = name_after_switch(subject, "DisplayName", &given, active);
    if !active && is_taken(company, subject, &name) {
        // Two objects of one name, both made inactive: the second needs a number.
        let key = subject.id.unwrap_or_default();
        name = format!("{given} (deleted {key})");
    }
    if is_taken(company, subject, &name) {
        return Err(Refusal::duplicate_name());
    }
    check_reference(company, draft, "ParentRef", subject.kind)?;
    check_reference(company, draft, "SalesTermRef", Kind::Term)?;
    check_reference(company, draft, "TermRef", Kind::Term)?;
    complete_currency(company, draft)?;
    let full = match reference(draft, "ParentRef").and_then(|id| company.usable(subject.kind, id)) {
        Some(parent) => format!("{}:{name}", text_of(&parent.body, "FullyQualifiedName")),
        None => name.clone(),
    };
    draft.insert("FullyQualifiedName".into(), Value::from(full));
    draft.entry("PrintOnCheckName").or_insert_with(|| Value::from(name.as_str()));
    draft.insert("DisplayName".into(), Value::from(name));
    if subject.kind == Kind::Customer {
        draft.entry("Taxable").or_insert(Value::Bool(company.settings.us));
        draft.entry("Job").or_insert(Value::Bool(false));
        draft.entry("BillWithParent").or_insert(Value::Bool(false));
        draft.entry("PreferredDeliveryMethod").or_insert_with(|| Value::from("None"));
    } else {
        draft.insert("Balance".into(), Value::from(0));
    }
    Ok(())
}

fn display_name(draft: &Object) -> Result<String, Refusal> {
    let given = checked_name("DisplayName", text_of(draft, "DisplayName"))?;
    if !given.is_empty() {
        return Ok(given);
    }
    let parts: Vec<&str> =
        NAME_PARTS.iter().map(|part| text_of(draft, part).trim()).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(Refusal::missing(
            "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix",
        ));
    }
    checked_name("DisplayName", &parts.join(" "))
}

fn is_taken(company: &Company, subject: Subject<'_>, name: &str) -> bool {
    [Kind::Customer, Kind::Vendor].into_iter().any(|kind| {
        company.table(kind).with_key(name).any(|id| kind != subject.kind || Some(id) != subject.id)
    })
}
