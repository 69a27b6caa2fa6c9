//! The query language: `field:"value" AND metadata["key"]:"value"`, `~` for a part, `-` for not.

use serde_json::Value;

use super::{Holds, fields};
use crate::kit::decimals::Object;
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;

/// Clauses of one query.
const MOST: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Is,
    Has,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    negated: bool,
    field: String,
    /// The key when the field is `metadata`.
    key: Option<String>,
    test: Test,
    /// `None` for `null`.
    value: Option<String>,
}

/// A query that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    clauses: Vec<Clause>,
    any: bool,
}

impl Query {
    /// Whether an object fits.
    pub(super) fn fits(&self, body: &Object) -> bool {
        if self.any {
            self.clauses.iter().any(|c| c.fits(body))
        } else {
            self.clauses.iter().all(|c| c.fits(body))
        }
    }
}

impl Clause {
    fn fits(&self, body: &Object) -> bool {
        let own = match &self.key {
            Some(key) => body.get("metadata").and_then(|pairs| pairs.get(key)),
            None => body.get(&self.field),
        };
        self.holds(own.unwrap_or(&Value::Null)) != self.negated
    }

    fn holds(&self, own: &Value) -> bool {
        let Some(wanted) = &self.value else { return own.is_null() };
        let text = match own {
            Value::String(text) => text.to_lowercase(),
            Value::Null => return false,
            other => other.to_string(),
        };
        let wanted = wanted.to_lowercase();
        match self.test {
            Test::Is => text == wanted,
            Test::Has => text.contains(&wanted),
            _ => self.compares(&text, &wanted),
        }
    }

    fn compares(&self, own: &str, wanted: &str) -> bool {
        let (Ok(own), Ok(wanted)) = (own.parse::<i64>(), wanted.parse::<i64>()) else { return false };
        match self.test {
            Test::Less => own < wanted,
            Test::LessOrIs => own <= wanted,
            Test::More => own > wanted,
            _ => own >= wanted,
        }
    }
}

fn refuse(why: &str) -> Refusal {
    let message = format!(
        "We were unable to parse your search query. Try using the format `metadata[\"key\"]:\"value\"` to query for metadata or key:\"value\" to query for other fields. ({why})"
    );
    Refusal::invalid("", "query", message)
}

/// Reads a query for objects of a kind.
pub(super) fn parse(kind: Kind, text: &str) -> Result<Query, Refusal> {
    let mut rest = text.trim();
    let (mut clauses, mut ands, mut ors) = (Vec::new(), 0, 0);
    loop {
        let (clause, after) = clause(kind, rest)?;
        clauses.push(clause);
        let spaced = after.starts_with(char::is_whitespace);
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
        if !spaced {
            return Err(refuse("clauses are separated by spaces"));
        }
        let (word, below) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match word.to_ascii_uppercase().as_str() {
            "AND" => (ands, rest) = (ands + 1, below.trim_start()),
            "OR" => (ors, rest) = (ors + 1, below.trim_start()),
            _ => ands += 1,
        }
    }
    if ands > 0 && ors > 0 {
        return Err(refuse("AND and OR cannot be combined"));
    }
    if clauses.len() > MOST {
        return Err(refuse("at most ten clauses"));
    }
    Ok(Query { clauses, any: ors > 0 })
}

/// One clause and the text after it.
fn clause(kind: Kind, text: &str) -> Result<(Clause, &str), Refusal> {
    let (negated, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(text.len());
    let (field, mut rest) = text.split_at(end);
    let mut key = None;
    if field == "metadata" {
        let inside = rest.strip_prefix('[').ok_or_else(|| refuse("metadata needs a key"))?;
        let (name, after) = quoted(inside)?;
        key = Some(name);
        rest = after.strip_prefix(']').ok_or_else(|| refuse("metadata needs a key"))?;
    }
    let (test, rest) = test(rest)?;
    let (value, rest) = value(rest)?;
    let clause = Clause { negated, field: field.to_owned(), key, test, value };
    check(kind, &clause)?;
    Ok((clause, rest))
}

fn test(text: &str) -> Result<(Test, &str), Refusal> {
    let tests = [
        (">=", Test::MoreOrIs),
        ("<=", Test::LessOrIs),
        (">", Test::More),
        ("<", Test::Less),
        (":", Test::Is),
        ("~", Test::Has),
    ];
    let found = tests.iter().find_map(|(sign, test)| Some((*test, text.strip_prefix(sign)?)));
    found.ok_or_else(|| refuse("a field is followed by :, ~, <, > , <= or >="))
}

/// Text in either quotes, a number, or `null`.
fn value(text: &str) -> Result<(Option<String>, &str), Refusal> {
    if text.starts_with(['"', '\'']) {
        let (value, rest) = quoted(text)?;
        return Ok((Some(value), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word {
        "null" | "NULL" => Ok((None, rest)),
        _ if word.parse::<i64>().is_ok() => Ok((Some(word.to_owned()), rest)),
        _ => Err(refuse("text stands in quotes")),
    }
}

fn quoted(text: &str) -> Result<(String, &str), Refusal> {
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .ok_or_else(|| refuse("a quote is missing"))?;
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if c == quote => return Ok((value, &text[at + 1..])),
            _ => value.push(c),
        }
    }
    Err(refuse("a quote is not closed"))
}

/// The field exists, and the test goes with what it holds.
fn check(kind: Kind, clause: &Clause) -> Result<(), Refusal> {
    if clause.key.is_some() {
        let fits = matches!(clause.test, Test::Is | Test::Has);
        return if fits { Ok(()) } else { Err(refuse("metadata takes : and ~")) };
    }
    let holds = fields(kind).iter().find(|(name, _)| *name == clause.field).map(|(_, holds)| *holds);
    let Some(holds) = holds else {
        let message = format!(
            "Field `{}` is an unsupported search field for resource `{}s`.",
            clause.field,
            kind.name()
        );
        return Err(Refusal::invalid("", "query", message));
    };
    let numeric = !matches!(clause.test, Test::Is | Test::Has);
    if numeric && holds != Holds::Number {
        return Err(refuse("only numbers are compared"));
    }
    if clause.test == Test::Has && holds != Holds::Text {
        return Err(refuse("only text has parts"));
    }
    let long_enough = clause.value.as_ref().is_some_and(|value| value.chars().count() >= 3);
    if clause.test == Test::Has && !long_enough {
        return Err(refuse("a part has at least three characters"));
    }
    Ok(())
}
