//! What a request body may hold, and the strict reading of one (names: the provider's OpenAPI
//! document).

use serde_json::Value;

use super::refusal::Refusal;
use crate::kit::clock::parse_date;
use crate::kit::decimals::Object;

/// What a field may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Text of at most this many characters, not empty.
    Text(usize),
    /// Text that may be `null` or empty.
    MaybeText,
    /// An integer between these.
    Whole(i64, i64),
    Flag,
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// An address with a scheme.
    Url,
    /// Texts, at least one.
    Texts,
    /// One of these.
    Choice(&'static [&'static str]),
    /// An object with these fields.
    Part(&'static [Field]),
    /// Objects with these fields, at most this many.
    Many(&'static [Field], usize),
    /// Known to the provider and not to the simulator.
    Unmodelled,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
}

pub(crate) const fn opt(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

pub(crate) const fn req(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

/// Fields every endpoint takes: the keys, where they are not in headers.
const KEYS: [Field; 2] = [opt("client_id", Shape::MaybeText), opt("secret", Shape::MaybeText)];

/// Checks a whole body.
pub(crate) fn check(fields: &'static [Field], body: &Object) -> Result<(), Refusal> {
    object(fields, &KEYS, "", body)
}

fn path_of(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn object(fields: &[Field], more: &[Field], path: &str, body: &Object) -> Result<(), Refusal> {
    for (name, value) in body {
        let path = path_of(path, name);
        let field = fields.iter().chain(more).find(|field| field.name == name);
        let field = field.ok_or_else(|| Refusal::unknown(&path))?;
        // `null` stands for "not given" where a field is optional.
        if !value.is_null() || field.required {
            checked(field, &path, value)?;
        }
    }
    let missing = fields.iter().filter(|field| field.required && !body.contains_key(field.name));
    let missing: Vec<String> = missing.map(|field| path_of(path, field.name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::missing(&missing)) }
}

fn checked(field: &Field, path: &str, value: &Value) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::field(path, why));
    match (field.shape, value) {
        (Shape::Unmodelled, _) => Err(Refusal::not_modelled(format!("field {path}"))),
        (Shape::Text(max), Value::String(text)) => match text.chars().count() {
            0 => wrong("must be a non-empty string"),
            length if length > max => wrong(&format!("must be at most {max} characters long")),
            _ => Ok(()),
        },
        (Shape::MaybeText, Value::String(_) | Value::Null)
        | (Shape::Flag, Value::Bool(_))
        | (Shape::Number, Value::Number(_)) => Ok(()),
        (Shape::Whole(min, max), Value::Number(_)) => match value.as_i64() {
            Some(number) if (min..=max).contains(&number) => Ok(()),
            _ => wrong(&format!("must be an integer between {min} and {max}")),
        },
        (Shape::Date, Value::String(text)) if parse_date(text).is_some() => Ok(()),
        (Shape::Date, _) => wrong("must be a date, YYYY-MM-DD"),
        (Shape::Url, Value::String(text)) if text.starts_with("http") => Ok(()),
        (Shape::Url, _) => wrong("must be a valid URL"),
        (Shape::Texts, Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_string) => {
            Ok(())
        }
        (Shape::Choice(of), Value::String(text)) if of.contains(&text.as_str()) => Ok(()),
        (Shape::Choice(of), _) => wrong(&format!("must be one of {}", of.join(", "))),
        (Shape::Part(fields), Value::Object(body)) => object(fields, &[], path, body),
        (Shape::Many(fields, most), Value::Array(items)) if items.len() <= most => {
            items.iter().try_for_each(|item| match item {
                Value::Object(body) => object(fields, &[], path, body),
                _ => wrong("must be an array of objects"),
            })
        }
        _ => wrong("has the wrong type"),
    }
}
