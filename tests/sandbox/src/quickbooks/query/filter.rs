//! Whether an object meets a condition, and how two objects are ordered.

use std::cmp::Ordering;
use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::Value;

use super::parser::{Condition, Operator};
use crate::quickbooks::clock::parse;
use crate::quickbooks::decimals::{Object, decimal};
use crate::quickbooks::faultbody::Refusal;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::schema;

/// Comparable form of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Absent,
    Flag(bool),
    Number(Decimal),
    /// Milliseconds, of a timestamp.
    Time(i64),
    /// Lower case.
    Text(String),
}

/// Whether queries may use this property; with notes only where the company says so.
pub(super) fn check_property(kind: Kind, property: &str, notes: bool) -> Result<(), Refusal> {
    let is_known = match property {
        "Id" | "MetaData.CreateTime" | "MetaData.LastUpdatedTime" => true,
        _ if kind.note_field() == Some(property) && !notes => false,
        _ => schema::find(kind, property).is_some_and(|field| field.filter),
    };
    if is_known {
        return Ok(());
    }
    Err(Refusal::query_meaning(format!("Property {property} not found for Entity {}", kind.name())))
}

/// The comparable value of a property.
pub(super) fn key(object: &Object, property: &str) -> Key {
    if let Some(time) = property.strip_prefix("MetaData.") {
        let at = object.get("MetaData").and_then(|meta| meta.get(time)?.as_str());
        return at.and_then(parse).map_or(Key::Absent, Key::Time);
    }
    if property == "Id" {
        let id = object.get("Id").and_then(Value::as_str).unwrap_or_default();
        return number_or_text(id);
    }
    match object.get(property) {
        None | Some(Value::Null | Value::Array(_)) => Key::Absent,
        Some(Value::Bool(flag)) => Key::Flag(*flag),
        Some(Value::String(text)) => Key::Text(text.to_lowercase()),
        Some(number @ Value::Number(_)) => decimal(number).map_or(Key::Absent, Key::Number),
        Some(Value::Object(inner)) => {
            let text =
                ["value", "Address", "FreeFormNumber"].iter().find_map(|name| inner.get(*name)?.as_str());
            text.map_or(Key::Absent, |text| Key::Text(text.to_lowercase()))
        }
    }
}

fn number_or_text(text: &str) -> Key {
    Decimal::from_str(text).map_or_else(|_| Key::Text(text.to_lowercase()), Key::Number)
}

/// A condition with its values read once.
pub(super) struct Test {
    property: String,
    operator: Operator,
    values: Vec<Operand>,
}

/// A value of a query in every form it can be compared in.
struct Operand {
    /// Lower case.
    text: String,
    flag: Option<bool>,
    number: Option<Decimal>,
    /// Seconds: the provider's times have no smaller part.
    time_s: Option<i64>,
}

impl Operand {
    fn new(value: &str) -> Self {
        let text = value.to_lowercase();
        Self {
            flag: bool::from_str(&text).ok(),
            number: Decimal::from_str(&text).ok(),
            time_s: parse(value).map(|at| at.div_euclid(1000)),
            text,
        }
    }

    /// How a stored value stands to this one; `None` when they cannot be compared.
    fn compare(&self, key: &Key) -> Option<Ordering> {
        match key {
            Key::Absent => None,
            Key::Flag(flag) => Some(flag.cmp(&self.flag?)),
            Key::Number(number) => Some(number.cmp(&self.number?)),
            Key::Time(at) => Some(at.div_euclid(1000).cmp(&self.time_s?)),
            Key::Text(text) => Some(text.as_str().cmp(&self.text)),
        }
    }
}

impl Test {
    pub(super) fn new(condition: &Condition) -> Result<Self, Refusal> {
        let is_time = condition.property.starts_with("MetaData.");
        if let Some(bad) = condition.values.iter().find(|value| is_time && parse(value).is_none()) {
            return Err(Refusal::query_meaning(format!("'{bad}' is no date or time")));
        }
        let values = condition.values.iter().map(|value| Operand::new(value)).collect();
        Ok(Self { property: condition.property.clone(), operator: condition.operator, values })
    }

    pub(super) fn holds(&self, object: &Object) -> bool {
        let key = key(object, &self.property);
        match self.operator {
            Operator::Like => {
                let text = text_of_key(&key);
                self.values.iter().any(|value| is_like(&text, &value.text))
            }
            Operator::In | Operator::Equal => self.is(&key, &[Ordering::Equal]),
            Operator::Less => self.is(&key, &[Ordering::Less]),
            Operator::Greater => self.is(&key, &[Ordering::Greater]),
            Operator::AtMost => self.is(&key, &[Ordering::Less, Ordering::Equal]),
            Operator::AtLeast => self.is(&key, &[Ordering::Greater, Ordering::Equal]),
        }
    }

    fn is(&self, key: &Key, wanted: &[Ordering]) -> bool {
        self.values.iter().any(|value| value.compare(key).is_some_and(|found| wanted.contains(&found)))
    }
}

fn text_of_key(key: &Key) -> String {
    match key {
        Key::Text(text) => text.clone(),
        Key::Number(number) => number.to_string(),
        Key::Flag(flag) => flag.to_string(),
        Key::Absent | Key::Time(_) => String::new(),
    }
}

/// `%` stands for any run of characters; everything else for itself, letter case aside.
fn is_like(text: &str, pattern: &str) -> bool {
    let parts: Vec<&str> = pattern.split('%').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return text == pattern };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}
