//! Create and update.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Manner, addressed};
use crate::quickbooks::business_keys::key_of;
use crate::quickbooks::decimals::Object;
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::rules::{self, Subject, relink, targets};
use crate::quickbooks::schema::{self, Shape};
use crate::quickbooks::shape::{Draft, check};
use crate::quickbooks::store::{Company, Operation};

pub(super) fn save(
    company: &mut Company,
    kind: Kind,
    body: &Object,
    manner: Manner,
) -> Result<Value, Refusal> {
    let draft = check(kind, body)?;
    let id = if draft.id.is_some() {
        update(company, kind, draft, manner)?
    } else {
        create(company, kind, draft, manner)?
    };
    Ok(company.render(kind, id).expect("the object was stored a line above"))
}

fn create(company: &mut Company, kind: Kind, draft: Draft, manner: Manner) -> Result<u64, Refusal> {
    if !kind.can_be_created() {
        return Err(Refusal::unsupported(format!("Operation create is not supported for {}", kind.name())));
    }
    let mut fields = draft.fields;
    fields.retain(|_, value| !is_cleared(value));
    let subject = Subject { kind, id: None, old: None, any_doc_number: manner.any_doc_number };
    rules::complete(company, subject, &mut fields)?;
    let id = company.next_id(kind);
    let key = key_of(company, kind, &fields);
    company.put(kind, id, fields, Operation::Create);
    link(company, kind, id, &BTreeMap::new());
    company.tally.note(|s| {
        s.creates += 1;
        if let (Some(key), false) = (key, manner.by_hand) {
            *s.creates_per_key.entry(key).or_default() += 1;
        }
    });
    Ok(id)
}

fn update(company: &mut Company, kind: Kind, draft: Draft, manner: Manner) -> Result<u64, Refusal> {
    let (id, row) = addressed(company, kind, &draft, manner)?;
    if kind == Kind::Account && draft.sparse && !manner.by_hand {
        return Err(Refusal::unsupported("Operation sparse update is not supported for Account"));
    }
    if kind == Kind::CompanyInfo && !draft.sparse {
        return Err(Refusal::not_modelled("full updates of CompanyInfo"));
    }
    let reactivates = draft.fields.get("Active") == Some(&Value::Bool(true)) || !draft.sparse;
    if !row.active && !reactivates {
        return Err(Refusal::not_found());
    }
    let old = row.body.clone();
    let mut fields = if draft.sparse { merged(kind, &old, draft.fields) } else { draft.fields };
    fields.retain(|_, value| !is_cleared(value));
    let subject = Subject { kind, id: Some(id), old: Some(&old), any_doc_number: manner.any_doc_number };
    rules::complete(company, subject, &mut fields)?;
    let had = if kind.is_payment() { targets(&old) } else { BTreeMap::new() };
    company.put(kind, id, fields, Operation::Update);
    link(company, kind, id, &had);
    company.tally.note(|s| s.updates += 1);
    Ok(id)
}

/// The lines of a payment act on the documents they name.
fn link(company: &mut Company, kind: Kind, id: u64, had: &BTreeMap<rules::Target, rust_decimal::Decimal>) {
    if !kind.is_payment() {
        return;
    }
    let Some(has) = company.row(kind, id).map(|row| targets(&row.body)) else { return };
    relink(company, id, had, &has);
}

/// Empty text clears a property.
fn is_cleared(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty)
}

/// The stored writable properties with the given ones over them. Arrays and objects are replaced
/// as a whole; new lines without tax detail are taxed anew.
fn merged(kind: Kind, old: &Object, given: Object) -> Object {
    let mut fields: Object = old
        .iter()
        .filter(|(name, _)| schema::find(kind, name).is_some_and(|f| !matches!(f.shape, Shape::Server)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if given.contains_key("Line") || given.contains_key("GlobalTaxCalculation") {
        fields.remove("TxnTaxDetail");
    }
    fields.extend(given);
    fields
}
