//! `where`: comparisons joined by AND. Everything else is refused, loudly.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::kit::clock::{midnight_ms, parse_date};
use crate::kit::decimals::{Object, decimal, parse};
use crate::xero::dates::parse_wire;
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::schema::layout;

/// One comparison.
#[derive(Clone, Debug)]
struct Condition {
    path: Vec<String>,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Compare(&'static str, Literal),
    Contains(String),
    Starts(String),
    Ends(String),
}

#[derive(Clone, Debug)]
enum Literal {
    Text(String),
    Number(Decimal),
    Flag(bool),
    Instant(i64),
    Null,
}

/// A parsed `where`.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter(Vec<Condition>);

impl Filter {
    /// Parses. Errors: what cannot be parsed, properties the entity lacks, what is not modelled.
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, Refusal> {
        let mut rest = text.trim();
        let mut conditions = Vec::new();
        while !rest.is_empty() {
            let (condition, after) = condition(kind, rest)?;
            conditions.push(condition);
            rest = joined(after.trim_start())?;
        }
        Ok(Self(conditions))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn matches(&self, body: &Object) -> bool {
        self.0.iter().all(|condition| condition.matches(body))
    }
}

/// What follows an AND; nothing at the end.
fn joined(rest: &str) -> Result<&str, Refusal> {
    for word in ["&&", "AND ", "and ", "And "] {
        if let Some(rest) = rest.strip_prefix(word) {
            let rest = rest.trim_start();
            return if rest.is_empty() { Err(bad(word)) } else { Ok(rest) };
        }
    }
    if rest.is_empty() {
        return Ok(rest);
    }
    if rest.starts_with("||") || rest.to_ascii_uppercase().starts_with("OR") {
        return Err(Refusal::not_modelled("OR in where: use IDs, Statuses, ContactIDs or InvoiceNumbers"));
    }
    Err(bad(rest))
}

fn bad(near: &str) -> Refusal {
    Refusal::BadQuery(format!("Syntax error near '{near}'"))
}

fn condition(kind: Kind, text: &str) -> Result<(Condition, &str), Refusal> {
    if text.starts_with('(') || text.starts_with('!') {
        return Err(Refusal::not_modelled("parentheses and negation in where"));
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '.')).ok_or_else(|| bad(text))?;
    let (path, rest) = (&text[..end], text[end..].trim_start());
    let mut path: Vec<String> = path.split('.').map(str::to_owned).collect();
    let known = layout(kind).iter().any(|(name, _)| *name == path[0]);
    if !known {
        return Err(Refusal::BadQuery(format!(
            "No property or field '{}' exists in type '{}'",
            path[0],
            kind.name()
        )));
    }
    if let Some(arguments) = rest.strip_prefix('(') {
        let method = path.pop().unwrap_or_default();
        return call(path, &method, arguments);
    }
    let operators = ["==", "!=", ">=", "<=", ">", "<"];
    let operator = operators.into_iter().find(|own| rest.starts_with(own)).ok_or_else(|| bad(rest))?;
    let (literal, rest) = literal(rest[operator.len()..].trim_start())?;
    let ordered = matches!(literal, Literal::Number(_) | Literal::Instant(_));
    if !ordered && !matches!(operator, "==" | "!=") {
        return Err(Refusal::BadQuery(format!("Operator '{operator}' incompatible with operand types")));
    }
    Ok((Condition { path, test: Test::Compare(operator, literal) }, rest))
}

fn call<'a>(path: Vec<String>, method: &str, arguments: &'a str) -> Result<(Condition, &'a str), Refusal> {
    let (Literal::Text(text), rest) = literal(arguments)? else { return Err(bad(arguments)) };
    let rest = rest.trim_start().strip_prefix(')').ok_or_else(|| bad(rest))?;
    let test = match method {
        "Contains" => Test::Contains(text),
        "StartsWith" => Test::Starts(text),
        "EndsWith" => Test::Ends(text),
        _ => return Err(Refusal::not_modelled(format!("{method}() in where"))),
    };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("==true").or_else(|| rest.strip_prefix("== true")).unwrap_or(rest);
    Ok((Condition { path, test }, rest))
}

fn literal(text: &str) -> Result<(Literal, &str), Refusal> {
    if let Some(rest) = text.strip_prefix('"') {
        let end = rest.find('"').ok_or_else(|| bad(text))?;
        return Ok((Literal::Text(rest[..end].to_owned()), &rest[end + 1..]));
    }
    for name in ["Guid", "guid", "DateTime"] {
        if let Some(rest) = text.strip_prefix(name).and_then(|rest| rest.trim_start().strip_prefix('(')) {
            let end = rest.find(')').ok_or_else(|| bad(text))?;
            return Ok((constructed(name, &rest[..end])?, &rest[end + 1..]));
        }
    }
    let end = text.find([' ', '&', '|', ')']).unwrap_or(text.len());
    let literal = match &text[..end] {
        "true" => Literal::Flag(true),
        "false" => Literal::Flag(false),
        "null" => Literal::Null,
        word => Literal::Number(parse(word).ok_or_else(|| bad(text))?),
    };
    Ok((literal, &text[end..]))
}

fn constructed(name: &str, inside: &str) -> Result<Literal, Refusal> {
    let inside = inside.trim();
    if name != "DateTime" {
        return Ok(Literal::Text(inside.trim_matches('"').to_lowercase()));
    }
    let parts: Vec<i64> = inside.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let (date, time) = match parts.as_slice() {
        [year, month, day] => (format!("{year:04}-{month:02}-{day:02}"), 0),
        [year, month, day, hour, minute, second] => {
            (format!("{year:04}-{month:02}-{day:02}"), hour * 3600 + minute * 60 + second)
        }
        _ => return Err(bad(inside)),
    };
    let date = parse_date(&date).ok_or_else(|| bad(inside))?;
    Ok(Literal::Instant(midnight_ms(date) + time * 1000))
}

impl Condition {
    fn matches(&self, body: &Object) -> bool {
        let (first, rest) = self.path.split_first().expect("a path has at least one part");
        let null = Value::Null;
        let value = rest
            .iter()
            .fold(body.get(first).unwrap_or(&null), |value, part| value.get(part).unwrap_or(&null));
        match &self.test {
            Test::Compare(operator, literal) => compare(value, operator, literal),
            Test::Contains(text) => value.as_str().is_some_and(|own| own.contains(text.as_str())),
            Test::Starts(text) => value.as_str().is_some_and(|own| own.starts_with(text.as_str())),
            Test::Ends(text) => value.as_str().is_some_and(|own| own.ends_with(text.as_str())),
        }
    }
}

fn compare(value: &Value, operator: &str, literal: &Literal) -> bool {
    let ordering = match literal {
        Literal::Text(text) => value.as_str().map(|own| own.cmp(text)),
        Literal::Number(number) => decimal(value).map(|own| own.cmp(number)),
        Literal::Flag(flag) => value.as_bool().map(|own| own.cmp(flag)),
        Literal::Instant(ms) => value.as_str().and_then(parse_wire).map(|own| own.cmp(ms)),
        Literal::Null => Some(if value.is_null() { Ordering::Equal } else { Ordering::Greater }),
    };
    match (operator, ordering) {
        ("==", Some(ordering)) => ordering.is_eq(),
        ("!=", ordering) => ordering.is_none_or(Ordering::is_ne),
        (">", Some(ordering)) => ordering.is_gt(),
        (">=", Some(ordering)) => ordering.is_ge(),
        ("<", Some(ordering)) => ordering.is_lt(),
        ("<=", Some(ordering)) => ordering.is_le(),
        _ => false,
    }
}
