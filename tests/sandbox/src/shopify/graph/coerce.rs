//! Input values against their types.

use async_graphql_parser::types::{BaseType, Type};
use async_graphql_value::Value as Literal;
use serde_json::{Map, Value, json};

use super::schema::{Kind, Schema};
use crate::kit::clock::{parse_date, parse_rfc3339};
use crate::kit::decimals::{decimal, parse};

/// What is wrong with an input value, and where inside it.
#[derive(Debug)]
pub(crate) struct Misfit {
    pub(crate) path: Vec<Value>,
    pub(crate) explanation: String,
}

fn misfit(path: &[Value], explanation: impl Into<String>) -> Misfit {
    Misfit { path: path.to_vec(), explanation: explanation.into() }
}

/// A value as its type wants it: checked, with defaults filled in.
pub(crate) fn coerce(schema: &Schema, ty: &Type, value: &Value, path: &[Value]) -> Result<Value, Misfit> {
    if value.is_null() {
        if ty.nullable {
            return Ok(Value::Null);
        }
        return Err(misfit(path, "Expected value to not be null"));
    }
    match &ty.base {
        BaseType::List(inner) => {
            let one = [value.clone()];
            let items: &[Value] = value.as_array().map_or(&one, Vec::as_slice);
            let mut coerced = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                coerced.push(coerce(schema, inner, item, &deeper(path, json!(index)))?);
            }
            Ok(Value::Array(coerced))
        }
        BaseType::Named(name) => named(schema, name, value, path),
    }
}

fn deeper(path: &[Value], step: Value) -> Vec<Value> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn named(schema: &Schema, name: &str, value: &Value, path: &[Value]) -> Result<Value, Misfit> {
    match schema.kind(name) {
        Some(Kind::Enum(values)) => match value.as_str() {
            Some(text) if values.iter().any(|own| own == text) => Ok(value.clone()),
            _ => {
                let one_of = values.join(", ");
                Err(misfit(path, format!("Expected {value} to be one of: {one_of}")))
            }
        },
        Some(Kind::Input(fields)) => {
            let Value::Object(given) = value else {
                return Err(misfit(path, format!("Expected {value} to be a key-value object")));
            };
            if let Some(extra) = given.keys().find(|key| !fields.contains_key(*key)) {
                let path = deeper(path, json!(extra));
                return Err(misfit(&path, format!("Field is not defined on {name}")));
            }
            let mut coerced = Map::new();
            for (key, field) in fields {
                let inner = deeper(path, json!(key));
                match (given.get(key), &field.default) {
                    (Some(value), _) => {
                        coerced.insert(key.clone(), coerce(schema, &field.ty, value, &inner)?);
                    }
                    (None, Some(default)) => {
                        coerced.insert(key.clone(), default.clone());
                    }
                    (None, None) if !field.ty.nullable => {
                        return Err(misfit(&inner, "Expected value to not be null"));
                    }
                    (None, None) => {}
                }
            }
            Ok(Value::Object(coerced))
        }
        _ => scalar(name, value)
            .ok_or_else(|| misfit(path, format!("Could not coerce value {value} to {name}"))),
    }
}

fn scalar(name: &str, value: &Value) -> Option<Value> {
    let is_fine = match name {
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        "ID" => return text_or_whole(value),
        "UnsignedInt64" => return text_or_whole(value).filter(is_digits),
        "Decimal" | "Money" => {
            let amount = decimal(value).or_else(|| parse(value.as_str()?))?;
            return Some(json!(amount.to_string()));
        }
        "DateTime" => value.as_str().is_some_and(|text| parse_rfc3339(text).or(day(text)).is_some()),
        "CurrencyCode" => value.as_str().is_some_and(|text| is_code(text, 3)),
        "CountryCode" => value.as_str().is_some_and(|text| is_code(text, 2)),
        "URL" => value.as_str().is_some_and(|text| url::Url::parse(text).is_ok()),
        "JSON" => true,
        _ => value.is_string(),
    };
    is_fine.then(|| value.clone())
}

fn day(text: &str) -> Option<i64> {
    parse_date(text).map(crate::kit::clock::midnight_ms)
}

fn text_or_whole(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(json!(number.to_string())),
        _ => None,
    }
}

fn is_digits(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_code(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A literal with its variables filled in; `None` where a variable was not given.
pub(crate) fn filled(literal: &Literal, variables: &Map<String, Value>) -> Option<Value> {
    Some(match literal {
        Literal::Variable(name) => return variables.get(name.as_str()).cloned(),
        Literal::Null | Literal::Binary(_) => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => json!(text),
        Literal::Boolean(flag) => json!(flag),
        Literal::Enum(name) => json!(name.as_str()),
        Literal::List(items) => {
            Value::Array(items.iter().map(|item| filled(item, variables).unwrap_or_default()).collect())
        }
        Literal::Object(fields) => {
            let pairs = fields.iter();
            let given = pairs.filter_map(|(name, value)| Some((name.to_string(), filled(value, variables)?)));
            Value::Object(given.collect())
        }
    })
}
