//! JSON into CEL and back. Integers stay integers; every other number, and every decimal field, becomes text.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value as Cel;
use cel::objects::Key;
use serde_json::{Number, Value};

use super::{ExpressionError, Kinds, LIST_LIMIT, Reads};
use crate::catalogue::FieldType;
use crate::fields::Fields;

/// The parts of a record that an expression reads.
pub(super) fn record(fields: &Fields, reads: &Reads, kinds: &Kinds) -> Result<Cel, ExpressionError> {
    let mut members: HashMap<Key, Cel> = HashMap::new();
    for (name, value) in fields {
        if reads.whole || reads.fields.contains(name) {
            members.insert(key(name), Converter { kinds, root: name }.convert(value, name)?);
        }
    }
    Ok(Cel::from(members))
}

/// The longest text, in bytes, and the longest list of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    pub(super) text: usize,
    pub(super) list: usize,
}

impl Extent {
    /// Takes `value` in.
    pub(super) fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text = self.text.max(text.len()),
            Value::Number(number) => self.text = self.text.max(number.as_str().len()),
            Value::Array(items) => {
                self.list = self.list.max(items.len());
                for item in items {
                    self.add(item);
                }
            }
            Value::Object(members) => {
                self.list = self.list.max(members.len());
                for member in members.values() {
                    self.add(member);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// A value without a schema.
pub(super) fn plain(value: Option<&Value>) -> Result<Cel, ExpressionError> {
    item(value, "", &Kinds::default())
}

/// An element of the array at `path`.
pub(super) fn item(value: Option<&Value>, path: &str, kinds: &Kinds) -> Result<Cel, ExpressionError> {
    let converter = Converter { kinds, root: if path.is_empty() { "value" } else { path } };
    value.map_or(Ok(Cel::Null), |value| converter.convert(value, &format!("{path}[*]")))
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

struct Converter<'a> {
    kinds: &'a Kinds,
    root: &'a str,
}

impl Converter<'_> {
    fn convert(&self, value: &Value, path: &str) -> Result<Cel, ExpressionError> {
        Ok(match value {
            Value::Null => Cel::Null,
            Value::Bool(flag) => Cel::Bool(*flag),
            Value::String(text) => Cel::String(Arc::new(text.clone())),
            Value::Number(number) => self.number(number, path),
            Value::Array(items) => {
                if items.len() > LIST_LIMIT {
                    return Err(ExpressionError::ListTooLong {
                        field: self.root.to_owned(),
                        length: items.len(),
                    });
                }
                let inner = self.below(path, |path| format!("{path}[*]"));
                let items: Result<Vec<Cel>, _> =
                    items.iter().map(|item| self.convert(item, &inner)).collect();
                Cel::from(items?)
            }
            Value::Object(object) => {
                let mut members: HashMap<Key, Cel> = HashMap::with_capacity(object.len());
                for (name, value) in object {
                    let inner = self.below(path, |path| format!("{path}.{name}"));
                    members.insert(key(name), self.convert(value, &inner)?);
                }
                Cel::from(members)
            }
        })
    }

    /// The path of a part; nobody asks for it without a schema.
    fn below(&self, path: &str, spell: impl FnOnce(&str) -> String) -> String {
        if self.kinds.is_empty() { String::new() } else { spell(path) }
    }

    fn number(&self, number: &Number, path: &str) -> Cel {
        let decimal = self.kinds.get(path).is_some_and(FieldType::is_decimal);
        match number.as_str().parse::<i64>() {
            Ok(integer) if !decimal => Cel::Int(integer),
            _ => Cel::String(Arc::new(number.as_str().to_owned())),
        }
    }
}

/// A result as JSON; `None` for null.
pub(super) fn to_json(value: &Cel) -> Result<Option<Value>, ExpressionError> {
    Ok(Some(match value {
        Cel::Null => return Ok(None),
        Cel::Bool(flag) => Value::Bool(*flag),
        Cel::Int(integer) => Value::from(*integer),
        Cel::UInt(integer) => Value::from(*integer),
        Cel::String(text) => Value::String(text.to_string()),
        Cel::List(items) => Value::Array(items.iter().map(nested).collect::<Result<_, _>>()?),
        Cel::Map(map) => {
            let mut fields = Fields::new();
            for (name, value) in map.map.iter() {
                let Key::String(name) = name else {
                    return Err(ExpressionError::Result { what: "an object with odd keys" });
                };
                fields.insert(name.to_string(), nested(value)?);
            }
            Value::Object(fields)
        }
        Cel::Float(_) => return Err(ExpressionError::Result { what: "a floating-point number" }),
        _ => return Err(ExpressionError::Result { what: "something else" }),
    }))
}

fn nested(value: &Cel) -> Result<Value, ExpressionError> {
    to_json(value).map(Option::unwrap_or_default)
}
