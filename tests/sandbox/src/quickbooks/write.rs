//! Writes: create, full and sparse update, delete, void.

mod remove;
mod save;

use serde_json::{Value, json};

use super::clock::stamp;
use super::decimals::Object;
use super::faultbody::Refusal;
use super::kind::Kind;
use super::shape::Draft;
use super::store::{Company, Row, key_of_id};

/// How a write was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// `include=allowduplicatedocnum`.
    pub(crate) any_doc_number: bool,
    /// A bookkeeper in the user interface: no sync token, not counted as a caller's create.
    pub(crate) by_hand: bool,
}

/// What to do with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Create, or update when the body has an `Id`.
    Save,
    Delete,
    Void,
}

/// Does a write; answers the object (or, for a delete, its notice) without the envelope.
pub(crate) fn perform(
    company: &mut Company,
    (verb, kind): (Verb, Kind),
    body: &Object,
    manner: Manner,
) -> Result<Value, Refusal> {
    if !kind.is_writable() {
        return Err(Refusal::not_modelled(format!("writing {}", kind.name())));
    }
    let answer = match verb {
        Verb::Save => save::save(company, kind, body, manner),
        Verb::Delete => remove::delete(company, kind, body, manner),
        Verb::Void => remove::void(company, kind, body, manner),
    };
    if matches!(&answer, Err(refusal) if refusal.code == "5010") {
        company.tally.note(|s| s.stale += 1);
    }
    answer
}

/// `{"Invoice": {…}, "time": …}` (fact sheet, "Entities").
pub(crate) fn envelope(company: &Company, kind: Kind, object: Value) -> Value {
    let mut body = json!({"time": stamp(company.clock.now_ms())});
    body[kind.name()] = object;
    body
}

/// The stored object a draft is for: it must exist, and the sync token must be the stored one.
fn addressed<'a>(
    company: &'a Company,
    kind: Kind,
    draft: &Draft,
    manner: Manner,
) -> Result<(u64, &'a Row), Refusal> {
    let id = draft.id.as_deref().ok_or_else(|| Refusal::missing("Id"))?;
    if draft.sync_token.is_none() && !manner.by_hand {
        return Err(Refusal::missing("SyncToken"));
    }
    let key = key_of_id(id).ok_or_else(Refusal::not_found)?;
    let row = company.row(kind, key).ok_or_else(Refusal::not_found)?;
    let stored = row.token.to_string();
    if !manner.by_hand && draft.sync_token.as_deref() != Some(stored.as_str()) {
        return Err(Refusal::stale());
    }
    Ok((key, row))
}
