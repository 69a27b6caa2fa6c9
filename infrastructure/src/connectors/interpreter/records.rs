//! Records out of answers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use application::ports::connector::RemoteRecord;
use chrono::{DateTime, Utc};
use domain::fields::Fields;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::answer::{fits, holds};
use super::pluck::{one, pluck, scalar};
use crate::connectors::manifest::{Entity, FieldIs, Manifest, Place, moment as spelled};

pub(super) mod keyed;
mod minor;
pub(super) mod spelling;

use spelling::has_spelling;
pub(super) use spelling::moment_as;

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRecord {
    /// Not JSON.
    #[error("a record is no JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// It has no id where the manifest says.
    #[error("a record has no id at `{0}`")]
    NoId(String),
    /// An element of a list has no record where the manifest says.
    #[error("an element has no record at `{0}`")]
    Nowhere(String),
}

/// A record of a list, and whether it is one of the entity's.
pub(super) struct Row {
    /// The record.
    pub(super) record: RemoteRecord,
    /// Whether `only` holds.
    pub(super) meant: bool,
}

/// The record inside an element of a list.
pub(super) fn inside<'a>(raw: &'a RawValue, place: Option<&Place>) -> Result<&'a RawValue, NoRecord> {
    match place {
        None => Ok(raw),
        Some(place) => one(raw.get(), place)?.ok_or_else(|| NoRecord::Nowhere(place.text())),
    }
}

/// The record in `raw`: its body in the plain spelling, and the few values that the engine needs.
pub(super) fn row(manifest: &Manifest, entity: &Entity, raw: &RawValue) -> Result<Row, NoRecord> {
    let meant = entity.only.as_ref().is_none_or(|is| holds(is, raw.get()));
    let body = plain(manifest, entity, raw)?;
    let [id, version, updated, created, deleted, inactive] = pluck(
        body.get(),
        [
            Some(&entity.id),
            entity.version_token.as_ref(),
            entity.updated_at.as_ref(),
            entity.created_at.as_ref(),
            entity.deleted.as_ref().map(|is| &is.field),
            entity.inactive.as_ref().map(|is| &is.field),
        ],
    )?;
    let id = id.and_then(scalar).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| NoRecord::NoId(entity.id.text()))?.into_owned();
    let version_token = match version.and_then(scalar) {
        Some(version) => Some(version.into_owned()),
        None if entity.version_digest => Some(digest(entity, body.get())?),
        None => None,
    };
    let record = RemoteRecord {
        id,
        version_token,
        updated_at: updated.and_then(moment),
        created_at: created.and_then(moment),
        deleted: is(entity.deleted.as_deref(), deleted) || is(entity.inactive.as_deref(), inactive),
        body: body.into_owned(),
    };
    Ok(Row { record, meant })
}

/// What stands for the version of a record that has none: the described fields that are not volatile.
fn digest(entity: &Entity, body: &str) -> Result<String, serde_json::Error> {
    let mut fields: Fields = serde_json::from_str(body)?;
    entity.volatile.iter().for_each(|place| place.0.remove(&mut fields));
    let described: BTreeSet<&str> = entity.fields.keys().map(root).collect();
    let mut hash = Sha256::new();
    for name in described {
        let value = fields.get(name).filter(|value| !value.is_null());
        hash.update(value.map(|value| format!("{name}\0{value}\0")).unwrap_or_default());
    }
    Ok(hex::encode(&hash.finalize()[..16]))
}

/// The first name of a path.
fn root(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// The record in `raw`, whether the entity means it or not.
pub(super) fn record(manifest: &Manifest, entity: &Entity, raw: &RawValue) -> Result<RemoteRecord, NoRecord> {
    row(manifest, entity, raw).map(|row| row.record)
}

/// What is left of a record that is gone: its id.
pub(super) fn tombstone(entity: &Entity, id: &str, at: Option<DateTime<Utc>>) -> RemoteRecord {
    let mut fields = Fields::new();
    entity.id.0.set(&mut fields, id.into());
    let body = Value::Object(fields).to_string();
    RemoteRecord {
        id: id.to_owned(),
        body: RawValue::from_string(body).expect("JSON made of a text is JSON"),
        version_token: None,
        updated_at: at,
        created_at: None,
        deleted: true,
    }
}

/// The body with the values of its fields in the plain spelling.
fn plain<'a>(
    manifest: &Manifest,
    entity: &Entity,
    raw: &'a RawValue,
) -> Result<Cow<'a, RawValue>, serde_json::Error> {
    if !has_spelling(entity) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut fields: Fields = serde_json::from_str(raw.get())?;
    spelling::plain(manifest, entity, &mut fields);
    serde_json::value::to_raw_value(&fields).map(Cow::Owned)
}

/// A moment as providers write it.
pub(super) fn moment(raw: &RawValue) -> Option<DateTime<Utc>> {
    spelled::parse(&scalar(raw)?)
}

fn is(rule: Option<&FieldIs>, found: Option<&RawValue>) -> bool {
    rule.is_some_and(|rule| fits(rule, found))
}
