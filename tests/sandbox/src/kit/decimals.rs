//! Money as decimals: read from JSON numbers without floats, written without trailing zeros.

use std::str::FromStr as _;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The decimal of a JSON number; `None` for other values and for numbers out of range.
pub fn decimal(value: &Value) -> Option<Decimal> {
    let Value::Number(number) = value else { return None };
    let text = number.as_str();
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// The decimal of a property; zero when absent.
pub fn amount_of(object: &Object, name: &str) -> Decimal {
    object.get(name).and_then(decimal).unwrap_or_default()
}

/// A decimal as a JSON number: `10.50` becomes `10.5`.
pub fn number(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    Value::Number(Number::from_str(&text).expect("a decimal prints as a JSON number"))
}

/// Rounds to two places, halves away from zero.
pub fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Text of a property; empty when absent.
pub fn text_of<'a>(object: &'a Object, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The elements of an array property; none when absent.
pub fn items_of<'a>(object: &'a Object, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Rounds to `places`, halves away from zero.
pub fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// The decimal as a JSON number with exactly two places: `10.50`.
pub fn money(value: Decimal) -> Value {
    let mut value = cents(value);
    value.rescale(2);
    Value::Number(Number::from_str(&value.to_string()).expect("a decimal prints as a JSON number"))
}

/// The decimal written in a text; `None` when it is none.
pub fn parse(text: &str) -> Option<Decimal> {
    Decimal::from_str(text).ok()
}
