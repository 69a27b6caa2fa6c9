//! The properties of the official description: their types, lengths, and which are read-only.

use serde_json::Value;

use super::dates::{parse_sent, wire_date};
use super::kind::Kind;
use super::refusal::Refusal;
use crate::kit::decimals::{Object, decimal};

mod entities;
mod parts;

/// What a property holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    /// Text of at most so many characters; 0 for any.
    Text(usize),
    Id,
    Number,
    Flag,
    Date,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object of this layout.
    One(&'static [Field]),
    /// Objects of this layout.
    Many(&'static [Field]),
    /// Worked out by the server; what is sent is not looked at.
    ReadOnly,
    /// In the official description, not in the simulator.
    Left,
}

pub(super) type Field = (&'static str, Type);

/// The properties of an entity.
pub(super) fn layout(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Contact => entities::CONTACT,
        Kind::Invoice => entities::INVOICE,
        Kind::CreditNote => entities::CREDIT_NOTE,
        Kind::Payment => entities::PAYMENT,
        Kind::Item => entities::ITEM,
        Kind::Account => entities::ACCOUNT,
        Kind::TaxRate => entities::TAX_RATE,
        Kind::TrackingCategory => entities::TRACKING_CATEGORY,
        Kind::Organisation => &[],
    }
}

/// The layout of an allocation and of a tracking option.
pub(super) use parts::{ALLOCATION, OPTION};

/// The body without nulls and read-only properties, dates as they are stored. Errors: a property
/// that is not in the description or not modelled, a wrong type, a text too long.
pub(super) fn check(layout: &[Field], body: &Object) -> Result<Object, Refusal> {
    let mut messages = Vec::new();
    let clean = object(layout, body, &mut messages)?;
    if messages.is_empty() { Ok(clean) } else { Err(Refusal::Invalid(messages)) }
}

fn object(layout: &[Field], body: &Object, messages: &mut Vec<String>) -> Result<Object, Refusal> {
    let mut clean = Object::new();
    for (name, value) in body {
        let Some((_, kind)) = layout.iter().find(|(own, _)| own == name) else {
            return Err(Refusal::not_modelled(format!("{name}: it is not in the official description")));
        };
        if value.is_null() || matches!(kind, Type::ReadOnly) {
            continue;
        }
        if let Some(value) = property((name, *kind), value, messages)? {
            clean.insert(name.clone(), value);
        }
    }
    Ok(clean)
}

fn property(
    (name, kind): (&str, Type),
    value: &Value,
    messages: &mut Vec<String>,
) -> Result<Option<Value>, Refusal> {
    let wrong = || Refusal::Malformed(format!("{name}: {value} is not of the expected type"));
    let kept = match kind {
        Type::Text(most) => {
            let text = value.as_str().ok_or_else(wrong)?;
            if most > 0 && text.chars().count() > most {
                messages.push(format!("The length of {name} must not be greater than {most}"));
            }
            value.clone()
        }
        Type::Id => {
            let text = value.as_str().ok_or_else(wrong)?;
            let id = uuid::Uuid::parse_str(text).map_err(|_| wrong())?;
            Value::from(id.to_string())
        }
        Type::Number => decimal(value).map(|_| value.clone()).ok_or_else(wrong)?,
        Type::Flag => value.as_bool().map(Value::from).ok_or_else(wrong)?,
        Type::Date => {
            let date = value.as_str().and_then(parse_sent).ok_or_else(wrong)?;
            Value::from(wire_date(date))
        }
        Type::Word(words) => {
            let word = value.as_str().ok_or_else(wrong)?;
            if !words.contains(&word) {
                return Err(wrong());
            }
            value.clone()
        }
        Type::One(layout) => Value::from(object(layout, value.as_object().ok_or_else(wrong)?, messages)?),
        Type::Many(layout) => many(layout, value.as_array().ok_or_else(wrong)?, messages)?,
        Type::ReadOnly => return Ok(None),
        Type::Left => return Err(Refusal::not_modelled(name)),
    };
    Ok(Some(kept))
}

fn many(layout: &[Field], values: &[Value], messages: &mut Vec<String>) -> Result<Value, Refusal> {
    let mut clean = Vec::with_capacity(values.len());
    for value in values {
        let Some(value) = value.as_object() else {
            return Err(Refusal::Malformed(format!("{value} is not an object")));
        };
        clean.push(Value::from(object(layout, value, messages)?));
    }
    Ok(Value::Array(clean))
}
