//! `order`: properties, each with ASC or DESC.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::kit::decimals::{Object, decimal};
use crate::xero::dates::parse_wire;
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::schema::layout;

/// A parsed `order`.
#[derive(Clone, Debug, Default)]
pub(super) struct Order(Vec<(String, bool)>);

/// A value as it sorts: nothing first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Nothing,
    Flag(bool),
    Number(Decimal),
    Instant(i64),
    Text(String),
}

impl Order {
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, Refusal> {
        let mut parts = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, direction) = part.split_once(' ').unwrap_or((part, "ASC"));
            let known = layout(kind).iter().any(|(own, _)| *own == name);
            let descending = match direction.trim().to_ascii_uppercase().as_str() {
                "ASC" => false,
                "DESC" => true,
                _ => return Err(Refusal::BadQuery(format!("Syntax error near '{part}'"))),
            };
            if !known {
                let kind = kind.name();
                return Err(Refusal::BadQuery(format!(
                    "No property or field '{name}' exists in type '{kind}'"
                )));
            }
            parts.push((name.to_owned(), descending));
        }
        Ok(Self(parts))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn compare(&self, left: &Object, right: &Object) -> Ordering {
        let mut orderings = self.0.iter().map(|(name, descending)| {
            let ordering = key(left.get(name)).cmp(&key(right.get(name)));
            if *descending { ordering.reverse() } else { ordering }
        });
        orderings.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
    }
}

fn key(value: Option<&Value>) -> Key {
    match value {
        Some(Value::Bool(flag)) => Key::Flag(*flag),
        Some(value @ Value::Number(_)) => decimal(value).map_or(Key::Nothing, Key::Number),
        Some(Value::String(text)) => match parse_wire(text) {
            Some(ms) => Key::Instant(ms),
            None => Key::Text(text.to_lowercase()),
        },
        _ => Key::Nothing,
    }
}
