//! What the API demands of a record's members.

use serde_json::Value;

use super::currency::is_currency;
use super::generate::Shape;
use super::layout::Fields;
use super::problem::Problem;

/// Longest text of a name or a key, in characters.
const LONGEST: usize = 255;

type Check = fn(&str, &Value) -> Result<(), Problem>;

/// Members that are checked when present; all others are taken as they are.
const CHECKS: [(&str, Check); 7] = [
    ("name", name),
    ("email", email),
    ("emails", emails),
    ("currency", currency),
    ("external_id", external_id),
    ("balance", number),
    ("total", number),
];

/// Errors: 422 naming the first member at fault. A party must have a `name`.
pub(super) fn check(shape: Shape, fields: &Fields) -> Result<(), Problem> {
    if shape == Shape::Party && !fields.contains_key("name") {
        return Err(Problem::invalid("required", "name", "name is required"));
    }
    for (field, check) in CHECKS {
        if let Some(value) = fields.get(field) {
            check(field, value)?;
        }
    }
    Ok(())
}

fn name(field: &str, value: &Value) -> Result<(), Problem> {
    let text = text(field, value)?;
    if text.trim().is_empty() {
        return Err(Problem::invalid("empty", field, format!("{field} is empty")));
    }
    if text.chars().count() > LONGEST {
        let message = format!("{field} is longer than {LONGEST} characters");
        return Err(Problem::invalid("too_long", field, message));
    }
    Ok(())
}

fn email(field: &str, value: &Value) -> Result<(), Problem> {
    let text = text(field, value)?;
    match text.split_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => Ok(()),
        _ => {
            let message = format!("{text} is not an e-mail address");
            Err(Problem::invalid("invalid_email", field, message))
        }
    }
}

fn emails(field: &str, value: &Value) -> Result<(), Problem> {
    let message = "emails is an array of objects with a value";
    let malformed = || Problem::invalid("invalid_type", field, message);
    for entry in value.as_array().ok_or_else(malformed)? {
        email("emails.value", entry.get("value").ok_or_else(malformed)?)?;
    }
    Ok(())
}

fn currency(field: &str, value: &Value) -> Result<(), Problem> {
    let code = text(field, value)?;
    if is_currency(code) {
        Ok(())
    } else {
        let message = format!("{code} is not a currency of ISO 4217");
        Err(Problem::invalid("unknown_currency", field, message))
    }
}

fn external_id(field: &str, value: &Value) -> Result<(), Problem> {
    if value.is_null() { Ok(()) } else { name(field, value) }
}

fn number(field: &str, value: &Value) -> Result<(), Problem> {
    if value.is_number() {
        Ok(())
    } else {
        let message = format!("{field} is a number");
        Err(Problem::invalid("invalid_type", field, message))
    }
}

fn text<'a>(field: &str, value: &'a Value) -> Result<&'a str, Problem> {
    let malformed = || Problem::invalid("invalid_type", field, format!("{field} is a string"));
    value.as_str().ok_or_else(malformed)
}
