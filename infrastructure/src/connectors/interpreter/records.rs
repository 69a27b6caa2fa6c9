//! Records out of answers.

use application::ports::connector::RemoteRecord;
use chrono::{DateTime, Utc};
use serde_json::Value;
use serde_json::value::RawValue;

use super::pluck::{pluck, scalar};
use crate::connectors::manifest::{Entity, FieldIs};

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRecord {
    /// Not JSON.
    #[error("a record is no JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// It has no id where the manifest says.
    #[error("a record has no id at `{0}`")]
    NoId(String),
}

/// The record in `raw`: its body as it is, and the few values that the engine needs.
pub(super) fn record(entity: &Entity, raw: &RawValue) -> Result<RemoteRecord, NoRecord> {
    let [id, version, updated, created, deleted, inactive] = pluck(
        raw.get(),
        [
            Some(&entity.id),
            entity.version_token.as_ref(),
            entity.updated_at.as_ref(),
            entity.created_at.as_ref(),
            entity.deleted.as_ref().map(|is| &is.field),
            entity.inactive.as_ref().map(|is| &is.field),
        ],
    )?;
    let id =
        id.and_then(scalar).filter(|id| !id.is_empty()).ok_or_else(|| NoRecord::NoId(entity.id.text()))?;
    Ok(RemoteRecord {
        id: id.into_owned(),
        body: raw.to_owned(),
        version_token: version.and_then(scalar).map(std::borrow::Cow::into_owned),
        updated_at: updated.and_then(moment),
        created_at: created.and_then(moment),
        deleted: is(entity.deleted.as_ref(), deleted) || is(entity.inactive.as_ref(), inactive),
    })
}

/// A moment as providers write it: RFC 3339 with any offset.
pub(super) fn moment(raw: &RawValue) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(&scalar(raw)?).ok().map(|at| at.with_timezone(&Utc))
}

fn is(rule: Option<&FieldIs>, found: Option<&RawValue>) -> bool {
    let (Some(rule), Some(found)) = (rule, found) else { return false };
    equals(&rule.equals.0, found)
}

/// Whether a value is the constant.
pub(super) fn equals(constant: &Value, found: &RawValue) -> bool {
    match constant {
        Value::String(text) => {
            found.get().starts_with('"') && scalar(found).is_some_and(|found| found == *text)
        }
        other => *found.get() == *other.to_string(),
    }
}
