//! Checks a request body against the schema and leaves only what a caller can set.

use serde_json::Value;

use super::clock::parse_date;
use super::decimals::{Object, decimal, number};
use super::faultbody::Refusal;
use super::kind::Kind;
use super::schema::{self, Field, Shape};

/// A checked body: the address of the object, and its writable properties.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) id: Option<String>,
    pub(crate) sync_token: Option<String>,
    pub(crate) sparse: bool,
    pub(crate) fields: Object,
}

/// Checks every property of `body`. Server-kept ones are dropped, `null` counts as absent, and
/// numbers lose trailing zeros. Empty text stays: in a sparse update it clears.
pub(crate) fn check(kind: Kind, body: &Object) -> Result<Draft, Refusal> {
    let mut draft = Draft { id: None, sync_token: None, sparse: false, fields: Object::new() };
    for (name, value) in body {
        match name.as_str() {
            _ if value.is_null() => {}
            "Id" => draft.id = Some(digits(name, value)?),
            "SyncToken" => draft.sync_token = Some(digits(name, value)?),
            "sparse" => draft.sparse = value.as_bool().ok_or_else(|| wrong_type(name, value))?,
            _ => {
                let field = schema::find(kind, name).ok_or_else(|| unknown(name))?;
                if let Some(value) = checked(field, name, value)? {
                    draft.fields.insert(name.clone(), value);
                }
            }
        }
    }
    Ok(draft)
}

fn unknown(path: &str) -> Refusal {
    Refusal::bad_property(path, "specified")
}

fn wrong_type(path: &str, value: &Value) -> Refusal {
    Refusal::bad_property(path, &format!("with value {value}: not a valid representation"))
}

/// Ids and tokens are strings (fact sheet, "Traps").
fn digits(name: &str, value: &Value) -> Result<String, Refusal> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong_type(name, value))
}

/// The value to keep; `None` for server-kept properties and empty references.
fn checked(field: &Field, path: &str, value: &Value) -> Result<Option<Value>, Refusal> {
    let refuse = || wrong_type(path, value);
    Ok(Some(match field.shape {
        Shape::Server => return Ok(None),
        Shape::Text(max) => {
            let text = value.as_str().ok_or_else(refuse)?;
            within(path, text, max)?;
            Value::from(text)
        }
        Shape::Flag => Value::Bool(value.as_bool().ok_or_else(refuse)?),
        Shape::Amount => number(decimal(value).ok_or_else(refuse)?),
        Shape::Whole => {
            value.as_i64().ok_or_else(refuse)?;
            value.clone()
        }
        Shape::Date => {
            let text = value.as_str().ok_or_else(refuse)?;
            if !text.is_empty() {
                parse_date(text).ok_or_else(refuse)?;
            }
            value.clone()
        }
        Shape::Choice(of) => {
            let text = value.as_str().ok_or_else(refuse)?;
            if !of.contains(&text) {
                return Err(refuse());
            }
            Value::from(text)
        }
        Shape::Ref => return checked_ref(path, value),
        Shape::Part(fields) => checked_part(fields, path, value)?,
        Shape::Many(fields) => {
            let items = value.as_array().ok_or_else(refuse)?;
            let kept: Result<Vec<Value>, Refusal> =
                items.iter().map(|item| checked_part(fields, path, item)).collect();
            Value::Array(kept?)
        }
    }))
}

fn within(path: &str, text: &str, max: usize) -> Result<(), Refusal> {
    if text.len() <= max {
        return Ok(());
    }
    let length = text.chars().count();
    if length > max { Err(Refusal::too_long(path, max, length)) } else { Ok(()) }
}

fn checked_part(fields: &'static [Field], path: &str, value: &Value) -> Result<Value, Refusal> {
    let object = value.as_object().ok_or_else(|| wrong_type(path, value))?;
    let mut kept = Object::new();
    for (name, value) in object {
        if value.is_null() {
            continue;
        }
        let Some(field) = fields.iter().find(|f| f.name == name) else {
            return Err(unknown(&format!("{path}.{name}")));
        };
        if let Some(value) = checked(field, &format!("{path}.{name}"), value)? {
            kept.insert(name.clone(), value);
        }
    }
    Ok(Value::Object(kept))
}

fn checked_ref(path: &str, value: &Value) -> Result<Option<Value>, Refusal> {
    let object = value.as_object().ok_or_else(|| wrong_type(path, value))?;
    for (name, value) in object {
        if !matches!(name.as_str(), "value" | "name" | "type") {
            return Err(unknown(&format!("{path}.{name}")));
        }
        if !value.is_null() && !value.is_string() {
            return Err(wrong_type(&format!("{path}.{name}"), value));
        }
    }
    let has_id = object.get("value").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    Ok(has_id.then(|| value.clone()))
}
