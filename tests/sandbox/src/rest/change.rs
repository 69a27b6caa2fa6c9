//! Creating, replacing, patching and deleting a record.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::Value;

use super::collection::Collection;
use super::generate::{Shape, created_at};
use super::layout::{Fields, Layout, Row, SERVER_OWNED};
use super::problem::Problem;
use super::validate;

/// A write. `version` is the one the record must have; `None` takes any.
#[derive(Debug)]
pub(super) enum Change {
    Create(Fields),
    Replace {
        id: String,
        fields: Fields,
        version: Option<u32>,
    },
    /// A JSON merge patch (RFC 7396).
    Patch {
        id: String,
        patch: Fields,
        version: Option<u32>,
    },
    Delete {
        id: String,
        version: Option<u32>,
    },
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Created,
    Updated,
    Deleted,
}

/// A stored write.
#[derive(Debug)]
pub(super) struct Committed {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) external_id: Option<Arc<str>>,
    /// The record as it is now; of a deleted one, its tombstone.
    pub(super) body: Arc<[u8]>,
}

/// The circumstances of a write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// Whether `external_id` is unique among live records.
    pub(super) unique_external_id: bool,
    pub(super) now_ms: i64,
    /// From when lists show the write, in Unix ms.
    pub(super) visible_ms: i64,
}

/// Stores a change. Errors, in the order they are looked for: 404, 412, 422, 409.
pub(super) fn apply(collection: &mut Collection, change: Change, terms: Terms) -> Result<Committed, Problem> {
    match change {
        Change::Create(fields) => create(collection, fields, terms),
        Change::Replace { id, fields, version } => {
            update(collection, (&id, version), terms, |row| replaced(row, fields))
        }
        Change::Patch { id, patch, version } => {
            update(collection, (&id, version), terms, |row| patched(row, patch))
        }
        Change::Delete { id, version } => delete(collection, (&id, version), terms),
    }
}

fn create(collection: &mut Collection, mut fields: Fields, terms: Terms) -> Result<Committed, Problem> {
    check_server_owned(&fields, None)?;
    let created = created_at(collection.layout.granularity());
    fields.insert("created_at".to_owned(), created.into());
    let number = collection.current().last_number() + 1;
    store(collection, (number, 1), fields, terms)
        .map(|committed| Committed { kind: Kind::Created, ..committed })
}

fn update(
    collection: &mut Collection,
    (id, version): (&str, Option<u32>),
    terms: Terms,
    change: impl FnOnce(&Row) -> Result<Fields, Problem>,
) -> Result<Committed, Problem> {
    let (number, row) = expected(collection, id, version)?;
    let fields = change(row)?;
    let next = row.version + 1;
    store(collection, (number, next), fields, terms)
}

fn delete(
    collection: &mut Collection,
    (id, version): (&str, Option<u32>),
    terms: Terms,
) -> Result<Committed, Problem> {
    let (number, row) = expected(collection, id, version)?;
    let external_id = row.external_id.clone();
    let row = collection.layout.tombstone(number, terms.now_ms, row.version + 1);
    let body = row.body.clone();
    collection.put(number, row, terms.visible_ms);
    Ok(Committed { kind: Kind::Deleted, id: id.to_owned(), external_id, body })
}

/// The live record `id`, at the version the caller expects.
fn expected<'a>(
    collection: &'a Collection,
    id: &str,
    version: Option<u32>,
) -> Result<(u32, &'a Row), Problem> {
    let (number, row) = collection.live(id).ok_or_else(|| Problem::not_found(id))?;
    if version.is_some_and(|version| version != row.version) {
        let message = format!("{id} is at version {}", row.version);
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "stale_version", message));
    }
    Ok((number, row))
}

fn store(
    collection: &mut Collection,
    (number, version): (u32, u32),
    mut fields: Fields,
    terms: Terms,
) -> Result<Committed, Problem> {
    fields.entry("external_id").or_insert(Value::Null);
    validate::check(Shape::of(&collection.name), &fields)?;
    if terms.unique_external_id {
        check_unique(collection, number, &fields)?;
    }
    let row = collection.layout.row(number, terms.now_ms, version, &fields);
    let committed = Committed {
        kind: Kind::Updated,
        id: collection.layout.id(number),
        external_id: row.external_id.clone(),
        body: row.body.clone(),
    };
    collection.put(number, row, terms.visible_ms);
    Ok(committed)
}

/// A full replacement: what is not given is gone, except `created_at`.
fn replaced(row: &Row, fields: Fields) -> Result<Fields, Problem> {
    check_server_owned(&fields, Some(row))?;
    let mut fields = without_server_owned(fields);
    if let Some(created) = Layout::fields(row).remove("created_at") {
        fields.insert("created_at".to_owned(), created);
    }
    Ok(fields)
}

fn patched(row: &Row, patch: Fields) -> Result<Fields, Problem> {
    check_server_owned(&patch, Some(row))?;
    let mut fields = Layout::fields(row);
    merge(&mut fields, without_server_owned(patch));
    Ok(fields)
}

/// A member the server owns may be sent back as it was read, and not otherwise.
fn check_server_owned(given: &Fields, row: Option<&Row>) -> Result<(), Problem> {
    if !SERVER_OWNED.iter().any(|name| given.contains_key(*name)) {
        return Ok(());
    }
    let stored: Fields =
        row.map(|row| serde_json::from_slice(&row.body).expect("rows hold JSON objects")).unwrap_or_default();
    for name in SERVER_OWNED {
        if given.contains_key(name) && given.get(name) != stored.get(name) {
            let message = format!("{name} is set by the server");
            return Err(Problem::invalid("read_only", name, message));
        }
    }
    Ok(())
}

fn without_server_owned(mut fields: Fields) -> Fields {
    for name in SERVER_OWNED {
        fields.remove(name);
    }
    fields
}

fn check_unique(collection: &Collection, number: u32, fields: &Fields) -> Result<(), Problem> {
    let Some(key) = fields.get("external_id").and_then(Value::as_str) else {
        return Ok(());
    };
    match collection.current().carrying(key).find(|other| *other != number) {
        None => Ok(()),
        Some(other) => {
            let message = format!("{} carries external_id {key}", collection.layout.id(other));
            let mut problem = Problem::new(StatusCode::CONFLICT, "duplicate_external_id", message);
            problem.field = Some("external_id".to_owned());
            Err(problem)
        }
    }
}

/// RFC 7396: null removes a member, an object merges into an object, anything else replaces.
pub(super) fn merge(target: &mut Fields, patch: Fields) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(patch) => {
                let member = target.entry(name).or_insert(Value::Null);
                if !member.is_object() {
                    *member = Value::Object(Fields::new());
                }
                if let Value::Object(member) = member {
                    merge(member, patch);
                }
            }
            value => {
                target.insert(name, value);
            }
        }
    }
}
