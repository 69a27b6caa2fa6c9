//! What a put makes of a record: a pure merge of the given fields into those that are there.

use serde_json::Value;

use super::commands::ItemKeys;
use crate::fields::Fields;

/// The difference a put makes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    /// Top-level fields with a new value.
    pub(super) fields: Fields,
    /// Top-level fields that are gone.
    pub(super) cleared: Vec<String>,
}

impl Difference {
    /// Every field of a record that is new, or was deleted with the fields `before`.
    pub(super) fn of_new(before: &Fields, after: Fields) -> Self {
        Self { cleared: gone(before, &after), fields: after }
    }

    /// What leads from `before` to `after`; equality is by meaning.
    pub(super) fn between(before: &Fields, after: Fields) -> Self {
        let cleared = gone(before, &after);
        let fields = after
            .into_iter()
            .filter(|(name, value)| !before.get(name).is_some_and(|known| same_value(known, value)))
            .collect();
        Self { fields, cleared }
    }

    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.cleared.is_empty()
    }
}

fn gone(before: &Fields, after: &Fields) -> Vec<String> {
    before.keys().filter(|name| !after.contains_key(*name)).cloned().collect()
}

/// `before` with `given` put over it: absent keeps, null clears (RFC 7396), keyed arrays merge by item.
pub(super) fn merged(before: &Fields, given: Fields, item_keys: &ItemKeys) -> Fields {
    let mut after = before.clone();
    for (name, value) in given {
        let known = after.get(&name);
        let value = match (item_keys.get(&name), value) {
            (Some(key), Value::Array(items)) => Some(merge_items(known, items, key)),
            (_, value) => merge_value(known, value),
        };
        match value {
            Some(value) => after.insert(name, value),
            None => after.remove(&name),
        };
    }
    after
}

fn merge_value(known: Option<&Value>, given: Value) -> Option<Value> {
    match given {
        Value::Null => None,
        Value::Object(given) => {
            let mut after = known.and_then(Value::as_object).cloned().unwrap_or_default();
            for (name, value) in given {
                match merge_value(after.get(&name), value) {
                    Some(value) => after.insert(name, value),
                    None => after.remove(&name),
                };
            }
            Some(Value::Object(after))
        }
        other => Some(other),
    }
}

fn merge_items(known: Option<&Value>, given: Vec<Value>, key: &str) -> Value {
    let known = known.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let merged = given.into_iter().filter_map(|item| {
        let same = item.get(key).filter(|id| !id.is_null()).and_then(|id| {
            known.iter().find(|other| other.get(key).is_some_and(|other| same_value(other, id)))
        });
        merge_value(same, item)
    });
    Value::Array(merged.collect())
}

/// Whether two values mean the same: object members in any order, numbers by value (`1.0` is `1`).
pub fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || Decimal::of(&one.to_string()) == Decimal::of(&other.to_string())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let in_other =
                |(name, value): (&String, &Value)| other.get(name).is_some_and(|v| same_value(value, v));
            one.len() == other.len() && one.iter().all(in_other)
        }
        _ => one == other,
    }
}

/// A JSON number of any size, without the zeros that do not count: `0.digits × 10^exponent`.
#[derive(Debug, PartialEq)]
enum Decimal {
    Finite {
        negative: bool,
        digits: String,
        exponent: i64,
    },
    /// An exponent beyond 64 bits: equal only by its text.
    Text(String),
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let Ok(exponent) = exponent.trim_start_matches('+').parse::<i64>() else {
            return Self::Text(text.to_owned());
        };
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        if significant.is_empty() {
            return Self::Finite { negative: false, digits: String::new(), exponent: 0 };
        }
        let before_point = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        let leading = i64::try_from(all.len() - significant.len()).unwrap_or(i64::MAX);
        let exponent = exponent.saturating_add(before_point).saturating_sub(leading);
        Self::Finite { negative, digits: significant.trim_end_matches('0').to_owned(), exponent }
    }
}
