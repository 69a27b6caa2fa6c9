//! What a schema says against a record: fields that are missing, values that are not what they should be.

use chrono::{DateTime, NaiveDate};
use iso_currency::Currency;
use serde_json::Value;

use super::validator::{Reason, ReasonCode};
use crate::catalogue::{EntitySchema, FieldSchema, FieldType};
use crate::fields::Fields;
use crate::money;
use crate::sync_config::field_path::FieldPath;

/// Every reason the schema gives against `record`.
pub(super) fn check(schema: &EntitySchema, record: &Fields) -> Vec<Reason> {
    schema.fields.iter().filter_map(|field| judge(field, record)).collect()
}

fn judge(field: &FieldSchema, record: &Fields) -> Option<Reason> {
    let path = FieldPath::parse(&field.path).ok()?;
    let values: Vec<&Value> = path.select(record).into_iter().filter(|value| !is_blank(value)).collect();
    let reason = |code, message: String| Some(Reason { field: field.path.clone(), code, message });
    if field.required && values.len() < expected(&path, record) {
        return reason(ReasonCode::Required, format!("{} is required: fill it in", field.title));
    }
    if values.iter().any(|value| !holds(value, &field.kind)) {
        return reason(ReasonCode::WrongType, format!("{} is no {}: correct it", field.title, field.kind));
    }
    let currency = field.path == "currency" || field.path.ends_with(".currency");
    let known = |value: &&Value| value.as_str().is_some_and(|code| Currency::from_code(code).is_some());
    if currency && !values.iter().all(known) {
        let message =
            format!("{} is no ISO 4217 currency code: use three capital letters, such as EUR", field.title);
        return reason(ReasonCode::UnknownCurrency, message);
    }
    None
}

/// How many values there should be: one, or one per element.
fn expected(path: &FieldPath, record: &Fields) -> usize {
    match path.each() {
        None => 1,
        Some((array, _)) => array.get(record).and_then(Value::as_array).map_or(0, Vec::len),
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn holds(value: &Value, kind: &FieldType) -> bool {
    match kind {
        FieldType::Any => true,
        FieldType::Text => !value.is_array() && !value.is_object(),
        FieldType::Integer => money::decimal(value).is_ok_and(|number| number.fract().is_zero()),
        FieldType::Decimal | FieldType::Money => money::decimal(value).is_ok(),
        FieldType::Boolean => value.is_boolean(),
        FieldType::Date => {
            value.as_str().is_some_and(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok())
        }
        FieldType::DateTime => value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()),
        FieldType::Reference(_) => value.is_string() || value.is_number(),
        FieldType::Array => value.is_array(),
        FieldType::Object => value.is_object(),
    }
}
