//! `q`: conditions on fields joined by AND or OR.

use std::cmp::Ordering;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde_json::Value;

use super::fields::Type;
use super::layout::layout;
use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, decimal, parse, text_of};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::{Ledger, Row, id_in};

/// The ids of the records of which `q` holds, in the order of their ids.
pub(in crate::netsuite) fn search(
    ledger: &Ledger,
    kind: Kind,
    q: &str,
    (now_ms, lag_ms): (i64, i64),
) -> Result<Vec<u64>, Refusal> {
    let alternatives = parse_query(ledger, kind, q)?;
    let holds = |row: &Row, body: &Object| {
        alternatives.is_empty()
            || alternatives.iter().any(|all| all.iter().all(|own| own.holds(ledger, row, body)))
    };
    let rows = ledger.rows(kind).filter_map(|(id, row)| Some((id, row, row.seen(now_ms, lag_ms)?)));
    Ok(rows.filter(|(_, row, body)| holds(row, body)).map(|(id, ..)| id).collect())
}

#[derive(Clone, Debug)]
struct Condition {
    field: String,
    operator: String,
    values: Vec<Value>,
    instants: Vec<NaiveDateTime>,
}

fn bad(why: impl Into<String>) -> Refusal {
    Refusal::parameter("q", why)
}

/// Words, quoted texts and lists of a query.
fn tokens(q: &str) -> Result<Vec<String>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = q.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => rest[1..].find('"').map(|at| at + 2),
            '[' => rest.find(']').map(|at| at + 1),
            '(' | ')' => return Err(Refusal::not_modelled("parentheses in q")),
            _ => Some(rest.find([' ', '[']).unwrap_or(rest.len())),
        };
        let end = end.ok_or_else(|| bad(format!("'{rest}' is not closed.")))?;
        tokens.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(tokens)
}

fn parse_query(ledger: &Ledger, kind: Kind, q: &str) -> Result<Vec<Vec<Condition>>, Refusal> {
    let tokens = tokens(q)?;
    let mut alternatives: Vec<Vec<Condition>> = Vec::new();
    let mut all = Vec::new();
    let mut rest = tokens.as_slice();
    while let [field, operator, after @ ..] = rest {
        let empty = operator.starts_with("EMPTY");
        let (value, after) = match after {
            [value, after @ ..] if !empty => (Some(value.as_str()), after),
            _ => (None, after),
        };
        all.push(Condition::read(ledger, kind, (field, operator), value)?);
        match after {
            [] => {
                alternatives.push(all);
                return Ok(alternatives);
            }
            [word, after @ ..] if word == "AND" && !after.is_empty() => rest = after,
            [word, after @ ..] if word == "OR" && !after.is_empty() => {
                alternatives.push(std::mem::take(&mut all));
                rest = after;
            }
            [word, ..] => return Err(bad(format!("AND or OR is expected, not '{word}'."))),
        }
    }
    if tokens.is_empty() {
        Ok(Vec::new())
    } else {
        Err(bad("A condition has a field, an operator and a value."))
    }
}

const TEXT: &[&str] = &[
    "IS",
    "IS_NOT",
    "CONTAIN",
    "CONTAIN_NOT",
    "START_WITH",
    "START_WITH_NOT",
    "END_WITH",
    "END_WITH_NOT",
    "EMPTY",
    "EMPTY_NOT",
];
const NUMBER: &[&str] = &[
    "EQUAL",
    "EQUAL_NOT",
    "GREATER",
    "GREATER_OR_EQUAL",
    "LESS",
    "LESS_OR_EQUAL",
    "BETWEEN",
    "BETWEEN_NOT",
    "ANY_OF",
    "ANY_OF_NOT",
    "EMPTY",
    "EMPTY_NOT",
];
const DATE: &[&str] =
    &["AFTER", "ON_OR_AFTER", "BEFORE", "ON_OR_BEFORE", "ON", "ON_NOT", "BETWEEN", "EMPTY", "EMPTY_NOT"];
const LIST: &[&str] = &["ANY_OF", "ANY_OF_NOT", "EQUAL", "EQUAL_NOT", "EMPTY", "EMPTY_NOT"];
const FLAG: &[&str] = &["IS", "IS_NOT"];

/// The operators of a field; `None` when it cannot be filtered by.
pub(in crate::netsuite) fn operators(kind: Kind, field: &str) -> Option<&'static [&'static str]> {
    if field == "id" {
        return Some(NUMBER);
    }
    if matches!(field, "lastModifiedDate" | "createdDate" | "dateCreated") {
        return Some(DATE);
    }
    let (_, own) = layout(kind).iter().find(|(name, _)| *name == field)?;
    match own {
        Type::Text(_) => Some(TEXT),
        Type::Number => Some(NUMBER),
        Type::Flag => Some(FLAG),
        Type::Date => Some(DATE),
        Type::Ref(_) | Type::Word(_) | Type::Code => Some(LIST),
        Type::ReadOnly if matches!(field, "total" | "amountRemaining" | "subtotal") => Some(NUMBER),
        _ => None,
    }
}

impl Condition {
    fn read(
        ledger: &Ledger,
        kind: Kind,
        (field, operator): (&str, &str),
        value: Option<&str>,
    ) -> Result<Self, Refusal> {
        let known = operators(kind, field)
            .ok_or_else(|| bad(format!("The field '{field}' is not filterable on {}.", kind.name())))?;
        if !known.contains(&operator) {
            return Err(bad(format!("The operator {operator} is not one of '{field}'.")));
        }
        let text = value.unwrap_or_default();
        let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let parts: Vec<&str> = match inside {
            Some(list) => list.split(',').collect(),
            None => vec![text],
        };
        let values: Vec<Value> =
            parts.iter().map(|part| Value::from(part.trim().trim_matches('"'))).collect();
        let mut instants = Vec::new();
        if known == DATE && !operator.starts_with("EMPTY") {
            for value in &values {
                let text = value.as_str().unwrap_or_default();
                let at = ledger.settings.zone.parse(text);
                instants
                    .push(at.ok_or_else(|| bad(format!("'{text}' is not in the account's date format.")))?);
            }
        }
        if matches!(operator, "BETWEEN" | "BETWEEN_NOT") && values.len() != 2 {
            return Err(bad("BETWEEN takes two values in brackets."));
        }
        Ok(Self { field: field.into(), operator: operator.into(), values, instants })
    }

    fn holds(&self, ledger: &Ledger, row: &Row, body: &Object) -> bool {
        let value = body.get(&self.field).cloned().unwrap_or(Value::Null);
        let zone = ledger.settings.zone;
        let at = match self.field.as_str() {
            "lastModifiedDate" => Some(zone.local(row.modified_ms).naive_local()),
            "createdDate" | "dateCreated" => Some(zone.local(row.created_ms).naive_local()),
            field => parse_date(text_of(body, field)).map(NaiveDateTime::from),
        };
        if !self.instants.is_empty() {
            return at.is_some_and(|at| self.dated(at));
        }
        match self.operator.as_str() {
            "EMPTY" => value.is_null() && at.is_none(),
            "EMPTY_NOT" => !value.is_null() || at.is_some(),
            _ => self.compared(&value),
        }
    }

    fn dated(&self, at: NaiveDateTime) -> bool {
        let first = self.instants[0];
        match self.operator.as_str() {
            "AFTER" => at > first,
            "ON_OR_AFTER" => at >= first,
            "BEFORE" => at < first,
            "ON_OR_BEFORE" => at <= first,
            "ON" => at.date() == first.date(),
            "ON_NOT" => at.date() != first.date(),
            _ => at >= first && self.instants.get(1).is_some_and(|last| at <= *last),
        }
    }

    fn compared(&self, value: &Value) -> bool {
        let own = match value {
            Value::String(text) => text.clone(),
            Value::Object(_) => id_in(Some(value)).to_owned(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let given = |at: usize| self.values.get(at).and_then(Value::as_str).unwrap_or_default();
        let (low, first) = (own.to_lowercase(), given(0).to_lowercase());
        let number = |at: usize| parse(given(at)).zip(decimal(value).or_else(|| parse(&own)));
        let ordering = |at: usize| number(at).map(|(given, own): (Decimal, Decimal)| own.cmp(&given));
        match self.operator.as_str() {
            "IS" => low == first,
            "IS_NOT" => low != first,
            "CONTAIN" => low.contains(&first),
            "CONTAIN_NOT" => !low.contains(&first),
            "START_WITH" => low.starts_with(&first),
            "START_WITH_NOT" => !low.starts_with(&first),
            "END_WITH" => low.ends_with(&first),
            "END_WITH_NOT" => !low.ends_with(&first),
            "ANY_OF" => self.values.iter().any(|given| *given == own.as_str()),
            "ANY_OF_NOT" => !self.values.iter().any(|given| *given == own.as_str()),
            "EQUAL" => ordering(0).map_or(low == first, Ordering::is_eq),
            "EQUAL_NOT" => !ordering(0).map_or(low == first, Ordering::is_eq),
            "GREATER" => ordering(0).is_some_and(Ordering::is_gt),
            "GREATER_OR_EQUAL" => ordering(0).is_some_and(Ordering::is_ge),
            "LESS" => ordering(0).is_some_and(Ordering::is_lt),
            "LESS_OR_EQUAL" => ordering(0).is_some_and(Ordering::is_le),
            operator => {
                let within =
                    ordering(0).is_some_and(Ordering::is_ge) && ordering(1).is_some_and(Ordering::is_le);
                within == (operator == "BETWEEN")
            }
        }
    }
}
