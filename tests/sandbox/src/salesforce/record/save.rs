//! Creates, partial updates and soft deletes.

use super::check::check;
use super::complete::{complete, rules, unique};
use crate::kit::decimals::{Object, text_of};
use crate::salesforce::kind::Kind;
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::Org;

/// How a write was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::salesforce) struct Ask {
    /// A user in the user interface: meets no locked row, and saves in spite of an alert.
    pub(in crate::salesforce) by_hand: bool,
    /// `Sforce-Duplicate-Rule-Header: allowSave=true`.
    pub(in crate::salesforce) allow_save: bool,
}

/// Creates a record; answers its id.
pub(in crate::salesforce) fn create(
    org: &mut Org,
    kind: Kind,
    body: &Object,
    ask: Ask,
) -> Result<String, Refusal> {
    writable(org, kind)?;
    unlocked(org, "", ask)?;
    let sent = check(org, kind, body, true)?;
    let body = finished(org, (kind, None), &Object::new(), (sent, ask))?;
    let id = org.next_id(kind);
    org.put(kind, id.clone(), body);
    Ok(id)
}

/// Changes a record: what is left out stays.
pub(in crate::salesforce) fn update(
    org: &mut Org,
    (kind, id): (Kind, &str),
    body: &Object,
    ask: Ask,
) -> Result<(), Refusal> {
    writable(org, kind)?;
    let old = existing(org, kind, id)?;
    unlocked(org, id, ask)?;
    let sent = check(org, kind, body, false)?;
    let body = finished(org, (kind, Some(id)), &old, (sent, ask))?;
    org.put(kind, id.to_owned(), body);
    Ok(())
}

/// Puts a record into the recycle bin, an account with its contacts and opportunities.
pub(in crate::salesforce) fn remove(org: &mut Org, kind: Kind, id: &str, ask: Ask) -> Result<(), Refusal> {
    writable(org, kind)?;
    let old = existing(org, kind, id)?;
    unlocked(org, id, ask)?;
    if kind == Kind::Order && text_of(&old, "Status") == "Activated" {
        return Err(Refusal::bad("DELETE_FAILED", "An activated order cannot be deleted"));
    }
    if kind == Kind::Account {
        for child in [Kind::Contact, Kind::Opportunity] {
            let own = org.rows(child).filter(|(_, row)| text_of(&row.now.body, "AccountId") == id);
            let ids: Vec<String> = own.map(|(id, _)| id.clone()).collect();
            for id in &ids {
                org.remove(child, id);
            }
        }
    }
    org.remove(kind, id);
    Ok(())
}

/// The state of a record that can be changed.
fn existing(org: &Org, kind: Kind, id: &str) -> Result<Object, Refusal> {
    match org.row(kind, id) {
        Some(row) if row.now.deleted => Err(Refusal::deleted()),
        Some(row) => Ok(row.now.body.clone()),
        None => Err(Refusal::not_found()),
    }
}

fn writable(org: &Org, kind: Kind) -> Result<(), Refusal> {
    if !kind.is_writable() {
        return Err(Refusal::not_modelled(format!("writing {}", kind.name())));
    }
    if org.settings.forbidden.contains(&kind) { Err(Refusal::forbidden()) } else { Ok(()) }
}

fn unlocked(org: &mut Org, id: &str, ask: Ask) -> Result<(), Refusal> {
    if ask.by_hand || org.settings.locks == 0 {
        return Ok(());
    }
    org.settings.locks -= 1;
    let message = format!("unable to obtain exclusive access to this record or 1 records: {id}");
    Err(Refusal::bad("UNABLE_TO_LOCK_ROW", message))
}

/// The old state with what was sent laid over it, completed and checked.
fn finished(
    org: &Org,
    (kind, id): (Kind, Option<&str>),
    old: &Object,
    (sent, ask): (Object, Ask),
) -> Result<Object, Refusal> {
    let mut body = old.clone();
    for (name, value) in &sent {
        if value.is_null() {
            body.remove(name);
        } else {
            body.insert(name.clone(), value.clone());
        }
    }
    complete(org, kind, &sent, &mut body);
    rules(org, kind, id.is_none(), &body)?;
    unique(org, (kind, id), &body, ask.allow_save || ask.by_hand)?;
    Ok(body)
}
