//! How values of properties compare.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::property::{Holds, choice};
use super::super::stamps;
use crate::kit::decimals::{decimal, parse};

/// What a comparison stands on.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ground {
    /// What the property holds.
    pub(in super::super) holds: Holds,
    /// Whether letters of both cases are the same (`B1S-CaseInsensitive`).
    pub(in super::super) caseless: bool,
}

impl Ground {
    /// A literal of a filter as a value of the property. Errors: it is none.
    pub(super) fn literal(&self, text: &str, quoted: bool) -> Result<Value, String> {
        let read = match self.holds {
            Holds::Text(_) if quoted => Some(json!(text)),
            Holds::Int | Holds::Double if !quoted => parse(text).map(|number| json!(number.to_string())),
            Holds::Date => stamps::day_of(text).map(stamps::date),
            Holds::Time if stamps::is_time(text) => Some(json!(text)),
            Holds::Choice(of) => choice(of, &json!(text)),
            _ => None,
        };
        read.ok_or_else(|| format!("'{text}' is not a value of the property"))
    }

    fn plain(&self, text: &str) -> String {
        if self.caseless { text.to_lowercase() } else { text.to_owned() }
    }
}

fn amount(value: &Value) -> Option<Decimal> {
    decimal(value).or_else(|| value.as_str().and_then(parse))
}

/// How two values of a property compare; `None` where one of them is null.
pub(in super::super) fn ordering(ground: Ground, one: &Value, other: &Value) -> Option<Ordering> {
    match ground.holds {
        Holds::Int | Holds::Double => Some(amount(one)?.cmp(&amount(other)?)),
        _ => Some(ground.plain(one.as_str()?).cmp(&ground.plain(other.as_str()?))),
    }
}

/// `startswith`, `endswith`, `contains`.
pub(super) fn holds_text(ground: Ground, function: &str, value: &Value, part: &str) -> bool {
    let Some(text) = value.as_str().map(|text| ground.plain(text)) else { return false };
    let part = ground.plain(part);
    match function {
        "startswith" => text.starts_with(&part),
        "endswith" => text.ends_with(&part),
        _ => text.contains(&part),
    }
}
