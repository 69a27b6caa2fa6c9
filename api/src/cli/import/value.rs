//! Text of a cell as the value its field holds.

use domain::catalogue::{EntitySchema, FieldType};
use domain::money;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

use super::dates;

/// The value of `text` for the field at `path`. Numbers keep their digits. Errors say what was expected.
pub(super) fn typed(schema: Option<&EntitySchema>, path: &str, text: &str) -> Result<Value, String> {
    let kind = schema.and_then(|schema| schema.kind(path)).unwrap_or(FieldType::Text);
    match kind {
        FieldType::Integer | FieldType::Decimal | FieldType::Money => {
            let value = money::decimal_of_digits(text).map_err(|error| error.to_string())?;
            if kind == FieldType::Integer && !value.is_integer() {
                return Err(format!("`{text}` is no whole number"));
            }
            Ok(number(value))
        }
        FieldType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        FieldType::Date => dates::day(text).map(Value::from),
        FieldType::DateTime => chrono::DateTime::parse_from_rfc3339(text)
            .map(|_| Value::from(text))
            .map_err(|_| format!("`{text}` is no moment: write it as 2026-03-31T14:05:00Z")),
        FieldType::Array | FieldType::Object => {
            Err("a cell holds no list and no object: map its parts, or import NDJSON".to_owned())
        }
        FieldType::Text | FieldType::Reference(_) | FieldType::Any => Ok(Value::from(text)),
    }
}

/// A decimal as a JSON number with its digits.
pub(super) fn number(value: Decimal) -> Value {
    let digits: Result<Number, _> = serde_json::from_str(&value.normalize().to_string());
    digits.map_or(Value::Null, Value::Number)
}
