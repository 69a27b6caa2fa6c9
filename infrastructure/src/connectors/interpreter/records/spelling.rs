//! From the provider's spelling of values to the plain one, and back.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::catalogue::FieldType;
use domain::fields::Fields;
use domain::sync_config::field_path::{FieldPath, Segment};
use serde_json::{Number, Value};

use super::{keyed, minor};
use crate::connectors::manifest::{Entity, Field, Manifest, Spelling, moment};

/// Turns a record's values into the plain spelling. A value that does not fit its spelling stays as it is.
pub(in super::super) fn plain(manifest: &Manifest, entity: &Entity, record: &mut Fields) {
    let changed = |field: &Field, value: &Value, code: Option<&str>| Ok(read(manifest, field, value, code));
    let never = each(entity, record, changed);
    debug_assert!(never.is_ok(), "reading refuses nothing");
}

/// Turns a record's values into the provider's spelling. Errors: a value that cannot be said in it.
pub(in super::super) fn spelled(
    manifest: &Manifest,
    entity: &Entity,
    record: &mut Fields,
) -> Result<(), String> {
    each(entity, record, |field, value, code| match (field.spelling, &field.key) {
        (Some(Spelling::Tagged), Some(key)) => keyed::as_tagged(value, key),
        (Some(Spelling::Detailed), Some(key)) => keyed::as_detailed(value, key),
        (Some(Spelling::Keyed), Some(key)) => Ok(keyed::as_array(value, key)),
        _ => write(manifest, field, value, code),
    })
}

/// Whether any field of the entity is spelled in a way of its own.
pub(in super::super) fn has_spelling(entity: &Entity) -> bool {
    entity.fields.values().any(|field| field.spelling.is_some())
}

/// A single value in its plain spelling.
pub(in super::super) fn moment_as(spelling: Option<Spelling>, text: &str) -> Option<DateTime<Utc>> {
    match spelling {
        Some(Spelling::Epoch) => DateTime::from_timestamp(text.parse().ok()?, 0),
        Some(Spelling::EpochMs) => DateTime::from_timestamp_millis(text.parse().ok()?),
        _ => moment::parse(text),
    }
}

fn each(
    entity: &Entity,
    record: &mut Fields,
    change: impl Fn(&Field, &Value, Option<&str>) -> Result<Option<Value>, String>,
) -> Result<(), String> {
    let mut whole = Value::Object(std::mem::take(record));
    let mut changes = Vec::new();
    for (name, field) in entity.fields.iter().filter(|(_, field)| field.spelling.is_some()) {
        let Ok(path) = FieldPath::parse(name) else { continue };
        let mut places = Vec::new();
        expand(path.segments(), &whole, &mut Vec::new(), &mut places);
        for indices in places {
            let Some(value) = at(&whole, path.segments(), &indices).filter(|value| !value.is_null()) else {
                continue;
            };
            let code = currency(field, &whole, &indices);
            match change(field, value, code.as_deref()) {
                Ok(Some(new)) => changes.push((path.clone(), indices, new)),
                Ok(None) => {}
                Err(why) => {
                    *record = into_fields(whole);
                    return Err(format!("`{name}`: {why}"));
                }
            }
        }
    }
    // The currency code may itself be respelled, so nothing is changed before everything has been read.
    for (path, indices, new) in changes {
        if let Some(value) = at_mut(&mut whole, path.segments(), &indices) {
            *value = new;
        }
    }
    *record = into_fields(whole);
    Ok(())
}

fn into_fields(whole: Value) -> Fields {
    match whole {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// The currency's code: fixed, or at its place, in the same elements of arrays as the value.
fn currency(field: &Field, whole: &Value, indices: &[usize]) -> Option<String> {
    let place = field.currency.as_deref()?;
    if let Some(code) = place.strip_prefix('=') {
        return Some(code.to_owned());
    }
    let path = FieldPath::parse(place).ok()?;
    at(whole, path.segments(), indices)?.as_str().map(str::to_ascii_uppercase)
}

/// Every place that a path with `[*]` means, as the indexes of its arrays.
fn expand(path: &[Segment], value: &Value, indices: &mut Vec<usize>, places: &mut Vec<Vec<usize>>) {
    let Some((segment, rest)) = path.split_first() else {
        places.push(indices.clone());
        return;
    };
    match (segment, value) {
        (Segment::Name(name), Value::Object(members)) => {
            if let Some(value) = members.get(name) {
                expand(rest, value, indices, places);
            }
        }
        (Segment::Each, Value::Array(elements)) => {
            for (index, value) in elements.iter().enumerate() {
                indices.push(index);
                expand(rest, value, indices, places);
                indices.pop();
            }
        }
        (Segment::Index(index), Value::Array(elements)) => {
            if let Some(value) = usize::try_from(*index).ok().and_then(|index| elements.get(index)) {
                expand(rest, value, indices, places);
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v Value, path: &[Segment], indices: &[usize]) -> Option<&'v Value> {
    let (mut value, mut indices) = (value, indices.iter());
    for segment in path {
        value = match segment {
            Segment::Name(name) => value.as_object()?.get(name)?,
            Segment::Each => value.as_array()?.get(*indices.next()?)?,
            Segment::Index(index) => value.as_array()?.get(usize::try_from(*index).ok()?)?,
        };
    }
    Some(value)
}

fn at_mut<'v>(value: &'v mut Value, path: &[Segment], indices: &[usize]) -> Option<&'v mut Value> {
    let (mut value, mut indices) = (value, indices.iter());
    for segment in path {
        value = match segment {
            Segment::Name(name) => value.as_object_mut()?.get_mut(name)?,
            Segment::Each => value.as_array_mut()?.get_mut(*indices.next()?)?,
            Segment::Index(index) => value.as_array_mut()?.get_mut(usize::try_from(*index).ok()?)?,
        };
    }
    Some(value)
}

/// The plain form of a provider's value; `None` leaves it.
fn read(manifest: &Manifest, field: &Field, value: &Value, currency: Option<&str>) -> Option<Value> {
    let day = &*field.kind == "date";
    let shown = |at: DateTime<Utc>| {
        let text = if day {
            at.format("%Y-%m-%d").to_string()
        } else {
            at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
        };
        Value::from(text)
    };
    match field.spelling? {
        Spelling::MinorUnits => {
            let digits = minor::digits(currency?, &manifest.minor_units)?;
            number(&minor::to_major(&text(value)?, digits)?)
        }
        Spelling::Epoch => DateTime::from_timestamp(text(value)?.parse().ok()?, 0).map(shown),
        Spelling::EpochMs => DateTime::from_timestamp_millis(text(value)?.parse().ok()?).map(shown),
        Spelling::MsDate => moment::ms_date(value.as_str()?).map(shown),
        Spelling::BasicOffset | Spelling::Local => moment::parse(value.as_str()?).map(shown),
        Spelling::Text => {
            let text = value.as_str()?;
            match field.parsed().ok()? {
                FieldType::Boolean => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
                _ if text.is_empty() => Some(Value::Null),
                kind if kind.is_number() => number(text),
                _ => None,
            }
        }
        Spelling::TF => match value.as_str()? {
            "T" => Some(true.into()),
            "F" => Some(false.into()),
            _ => None,
        },
        Spelling::Upper => Some(value.as_str()?.to_uppercase().into()),
        Spelling::Keyed => keyed::by_key(value, field.key.as_deref()?),
        Spelling::Prefixed => value.as_str().map(|text| unprefixed(field, text)),
        Spelling::Tagged => keyed::by_tag(value, field.key.as_deref()?),
        Spelling::Detailed => keyed::by_detail(value, field.key.as_deref()?),
    }
}

/// The provider's form of a plain value; `None` leaves it.
fn write(
    manifest: &Manifest,
    field: &Field,
    value: &Value,
    currency: Option<&str>,
) -> Result<Option<Value>, String> {
    let Some(spelling) = field.spelling else { return Ok(None) };
    let plain = text(value).ok_or("a text or number is wanted")?;
    let instant = || moment::parse(&plain).ok_or_else(|| "it is no day and no moment".to_owned());
    let day = &*field.kind == "date";
    Ok(match spelling {
        Spelling::MinorUnits => {
            let code = currency.ok_or("the currency is not known, so its smallest unit is not")?;
            let digits = minor::digits(code, &manifest.minor_units).ok_or("the currency is unknown")?;
            let minor = minor::to_minor(&plain, digits).ok_or_else(|| {
                format!("{code} has {digits} decimal places, and the amount more: round it")
            })?;
            number(&minor)
        }
        Spelling::Epoch => Some(instant()?.timestamp().into()),
        Spelling::EpochMs => Some(instant()?.timestamp_millis().into()),
        Spelling::MsDate | Spelling::BasicOffset if day => {
            Some(instant()?.format("%Y-%m-%d").to_string().into())
        }
        Spelling::MsDate | Spelling::BasicOffset => {
            Some(instant()?.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
        }
        Spelling::Local => Some(instant()?.format("%Y-%m-%dT%H:%M:%S").to_string().into()),
        Spelling::Text => Some(plain.into()),
        Spelling::TF => match value {
            Value::Bool(true) => Some("T".into()),
            Value::Bool(false) => Some("F".into()),
            _ => None,
        },
        Spelling::Upper => Some(plain.to_lowercase().into()),
        Spelling::Keyed | Spelling::Tagged | Spelling::Detailed => None,
        Spelling::Prefixed => Some(prefixed(field, &plain).into()),
    })
}

/// What stands behind the prefix; null for somebody else's text.
fn unprefixed(field: &Field, text: &str) -> Value {
    let own = field.key.as_deref().and_then(|prefix| text.strip_prefix(prefix));
    own.map_or(Value::Null, Value::from)
}

/// A text behind what stands before it.
pub(in super::super) fn prefixed(field: &Field, plain: &str) -> String {
    format!("{}{plain}", field.key.as_deref().unwrap_or_default())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    serde_json::from_str::<Number>(text).ok().map(Value::Number)
}
