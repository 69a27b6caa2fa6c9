//! Money as decimals, as all simulators have it, and this provider's references.

use serde_json::Value;

pub(crate) use crate::kit::decimals::{Object, amount_of, cents, decimal, items_of, number, text_of};

/// The id in a reference property.
pub(crate) fn reference<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.get("value").and_then(Value::as_str)
}
