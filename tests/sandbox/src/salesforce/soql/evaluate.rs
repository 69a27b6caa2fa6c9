//! Whether a row meets a condition, and how rows sort.

use std::cmp::Ordering;

use serde_json::Value;

use super::syntax::{Condition, Literal, Operator};
use crate::kit::clock::parse_date;
use crate::kit::decimals::decimal;
use crate::salesforce::times::instant;

/// Whether the row whose values `value` answers meets the condition.
pub(super) fn meets(condition: &Condition, value: &dyn Fn(&str) -> Value) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| meets(part, value)),
        Condition::Any(parts) => parts.iter().any(|part| meets(part, value)),
        Condition::Not(inside) => !meets(inside, value),
        Condition::Test(field, operator, literals) => test(&value(field), *operator, literals, is_id(field)),
    }
}

/// Whether a field holds ids: texts whose case counts.
fn is_id(field: &str) -> bool {
    field.ends_with("Id")
}

fn test(value: &Value, operator: Operator, literals: &[Literal], exact: bool) -> bool {
    let equal = |literal: &Literal| match literal {
        Literal::Null => value.is_null(),
        other => compare(value, other, exact) == Some(Ordering::Equal),
    };
    let Some(first) = literals.first() else { return false };
    let order = || compare(value, first, exact);
    match operator {
        Operator::Equal => equal(first),
        Operator::NotEqual => !equal(first),
        Operator::In => literals.iter().any(equal),
        Operator::NotIn => !literals.iter().any(equal),
        Operator::Less => order() == Some(Ordering::Less),
        Operator::LessOrEqual => order().is_some_and(Ordering::is_le),
        Operator::Greater => order() == Some(Ordering::Greater),
        Operator::GreaterOrEqual => order().is_some_and(Ordering::is_ge),
        Operator::Like => match (value, first) {
            (Value::String(text), Literal::Text(pattern)) => {
                like(&text.to_lowercase(), &pattern.to_lowercase())
            }
            _ => false,
        },
    }
}

/// `None` with an empty field.
fn compare(value: &Value, literal: &Literal, exact: bool) -> Option<Ordering> {
    match literal {
        Literal::Null => None,
        Literal::Text(text) if exact => Some(value.as_str()?.cmp(text)),
        Literal::Text(text) => Some(value.as_str()?.to_lowercase().cmp(&plain(text).to_lowercase())),
        Literal::Number(number) => Some(decimal(value)?.cmp(number)),
        Literal::Flag(flag) => Some(value.as_bool()?.cmp(flag)),
        Literal::Day(day) => Some(parse_date(value.as_str()?)?.cmp(day)),
        Literal::Instant(ms) => Some(instant(value.as_str()?)?.cmp(ms)),
    }
}

/// A text outside patterns: escaped signs stand for themselves.
fn plain(text: &str) -> String {
    text.replace("\\_", "_").replace("\\%", "%")
}

/// `%` stands for any text, `_` for one letter.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let mut pattern_letters = pattern.chars();
    match pattern_letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = pattern_letters.as_str();
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| like(&text[at..], rest))
        }
        Some(letter) => {
            let wanted = match letter {
                '_' => None,
                '\\' => pattern_letters.next(),
                plain => Some(plain),
            };
            let mut letters = text.chars();
            let found = letters.next();
            found.is_some()
                && (wanted.is_none() || wanted == found)
                && like(letters.as_str(), pattern_letters.as_str())
        }
    }
}

/// How two values of a field sort; empty ones first.
pub(super) fn sort(field: &str, left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Number(_), Value::Number(_)) => decimal(left).cmp(&decimal(right)),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::String(one), Value::String(other)) if is_id(field) => one.cmp(other),
        (Value::String(one), Value::String(other)) => {
            one.to_lowercase().cmp(&other.to_lowercase()).then_with(|| one.cmp(other))
        }
        _ => Ordering::Equal,
    }
}
