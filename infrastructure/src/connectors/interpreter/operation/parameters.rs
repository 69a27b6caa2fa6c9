//! Parameters of operations: checked, and in the form in which they are sent.

use application::ports::connector::CallError;
use domain::expression::{Expression, Input, Place};
use domain::fields::Fields;
use domain::money;
use domain::value::ErrorClass;
use serde_json::{Number, Value};

use super::super::call::refused;
use crate::connectors::manifest::{OperationOf, Parameter};

/// The parameters as they are sent. Errors: one that is missing, unknown, of another type, outside its pattern, or
/// against a rule.
pub(in super::super) fn checked(operation: &OperationOf, given: &Fields) -> Result<Fields, CallError> {
    let known = |name: &String| operation.parameters.iter().any(|parameter| parameter.name == *name);
    if let Some(unknown) = given.keys().find(|name| !known(name)) {
        return Err(invalid(&format!("there is no parameter `{unknown}`: remove it")));
    }
    let mut all = Fields::new();
    for parameter in &operation.parameters {
        let value = given.get(&parameter.name).filter(|value| !value.is_null() && **value != "");
        let value = value.or(parameter.default.as_ref().map(|default| &default.0));
        match value {
            Some(value) => {
                let value = formed(parameter, value)
                    .map_err(|why| invalid(&format!("`{}`: {why}", parameter.name)))?;
                all.insert(parameter.name.clone(), value);
            }
            None if parameter.required => {
                let label = if parameter.label.is_empty() { &parameter.name } else { &parameter.label };
                return Err(invalid(&format!("`{}` is missing: give {label}", parameter.name)));
            }
            None => {}
        }
    }
    for rule in &operation.rules {
        let holds = Expression::parse(&rule.check, &Place::default())
            .and_then(|expression| expression.holds(&Input { record: &all, value: None, item: None }));
        match holds {
            Ok(true) => {}
            Ok(false) => return Err(invalid(&format!("`{}`: {}", rule.field, rule.message))),
            Err(error) => return Err(invalid(&format!("`{}`: {error}", rule.field))),
        }
    }
    Ok(all)
}

/// The natural key of a submission, as one text.
pub(in super::super) fn natural_key(operation: &OperationOf, parameters: &Fields) -> String {
    let part = |name: &String| match parameters.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    operation.natural_key.iter().map(part).collect::<Vec<_>>().join("/")
}

/// A value in the form in which it is sent.
fn formed(parameter: &Parameter, value: &Value) -> Result<Value, String> {
    let text = || match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("a text is wanted".to_owned()),
    };
    let formed = match parameter.kind.as_str() {
        "integer" => {
            let digits = text()?;
            let number: i64 = digits.parse().map_err(|_| "a whole number is wanted".to_owned())?;
            number.into()
        }
        "decimal" => decimal(parameter, value)?,
        "boolean" => match value {
            Value::Bool(_) => value.clone(),
            Value::String(word) if word == "true" => true.into(),
            Value::String(word) if word == "false" => false.into(),
            _ => return Err("true or false is wanted".to_owned()),
        },
        "date" => {
            let day = text()?;
            let read = chrono::NaiveDate::parse_from_str(&day, "%Y-%m-%d");
            read.map_err(|_| "a day is wanted, such as 2026-01-31".to_owned())?;
            day.into()
        }
        "array" if value.is_array() => value.clone(),
        "object" if value.is_object() => value.clone(),
        "array" | "object" => return Err(format!("an {} is wanted", parameter.kind)),
        _ => padded(parameter, text()?).into(),
    };
    match &parameter.pattern {
        Some(pattern) if !fits(pattern, &formed) => {
            let example = &parameter.example;
            Err(if example.is_empty() {
                format!("it does not fit {pattern}")
            } else {
                format!("it must look like {example}")
            })
        }
        _ => Ok(formed),
    }
}

/// A decimal with exactly the places that are wanted.
fn decimal(parameter: &Parameter, value: &Value) -> Result<Value, String> {
    let mut amount = money::decimal(value).map_err(|error| error.to_string())?;
    if let Some(digits) = parameter.digits {
        if amount.normalize().scale() > digits {
            return Err(format!("it has more than {digits} decimal places: round it first"));
        }
        amount.rescale(digits);
    }
    let number = serde_json::from_str::<Number>(&amount.to_string());
    number.map(Value::Number).map_err(|error| error.to_string())
}

fn padded(parameter: &Parameter, text: String) -> String {
    match parameter.pad {
        Some(width) if text.chars().all(|letter| letter.is_ascii_digit()) => format!("{text:0>width$}"),
        _ => text,
    }
}

/// Whether the text of a value fits a regular expression.
pub(in super::super) fn fits(pattern: &str, value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Some(expression) = pattern_expression(pattern) else { return false };
    expression
        .holds(&Input { record: &Fields::new(), value: Some(&text.into()), item: None })
        .unwrap_or_default()
}

/// A regular expression as an expression; `None` when it is none.
pub(in crate::connectors) fn pattern_expression(pattern: &str) -> Option<Expression> {
    let literal = serde_json::to_string(pattern).ok()?;
    let expression = Expression::parse(&format!("value.matches({literal})"), &Place::default()).ok()?;
    let tried = expression.evaluate(&Input { record: &Fields::new(), value: Some(&"".into()), item: None });
    tried.is_ok().then_some(expression)
}

fn invalid(message: &str) -> CallError {
    refused(ErrorClass::Validation, message)
}
