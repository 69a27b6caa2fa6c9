//! Parameters of operations: checked, and in the form in which they are sent.

use application::ports::connector::ParameterFault;
use domain::expression::{Expression, Input, Pattern, Place};
use domain::fields::Fields;
use domain::money;
use serde_json::{Number, Value};

use crate::connectors::manifest::{OperationOf, Parameter, Rule};

/// The parameters as they are sent. Errors: every one that is missing, unknown, of another type or outside its pattern;
/// and where none is, every rule that does not hold.
pub(in super::super) fn checked(
    operation: &OperationOf,
    given: &Fields,
) -> Result<Fields, Vec<ParameterFault>> {
    let known = |name: &&String| operation.parameters.iter().any(|parameter| parameter.name == **name);
    let unknown = given.keys().filter(|name| !known(name));
    let mut faults: Vec<ParameterFault> =
        unknown.map(|name| fault(name, &format!("there is no parameter `{name}`: remove it"))).collect();
    let mut all = Fields::new();
    for parameter in &operation.parameters {
        let value = given.get(&parameter.name).filter(|value| !value.is_null() && **value != "");
        let value = value.or(parameter.default.as_ref().map(|default| &default.0));
        match value.map(|value| formed(parameter, value)) {
            Some(Ok(value)) => {
                all.insert(parameter.name.clone(), value);
            }
            Some(Err(why)) => faults.push(fault(&parameter.name, &why)),
            None if parameter.required => {
                let label = if parameter.label.is_empty() { &parameter.name } else { &parameter.label };
                let message = format!("`{}` is missing: give {label}", parameter.name);
                faults.push(fault(&parameter.name, &message));
            }
            None => {}
        }
    }
    if faults.is_empty() {
        faults.extend(operation.rules.iter().filter_map(|rule| broken(rule, &all)));
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

/// What is wrong, in one sentence.
pub(in super::super) fn in_words(faults: &[ParameterFault]) -> String {
    let each = faults.iter().map(|fault| {
        let named = format!("`{}`", fault.parameter);
        if fault.message.contains(&named) {
            fault.message.clone()
        } else {
            format!("{named}: {}", fault.message)
        }
    });
    each.collect::<Vec<_>>().join("; ")
}

/// What a rule says of parameters that break it.
fn broken(rule: &Rule, parameters: &Fields) -> Option<ParameterFault> {
    let holds = Expression::parse(&rule.check, &Place::default())
        .and_then(|expression| expression.holds(&Input { record: parameters, value: None, item: None }));
    match holds {
        Ok(true) => None,
        Ok(false) => Some(fault(&rule.field, &rule.message)),
        Err(error) => Some(fault(&rule.field, &error.to_string())),
    }
}

fn fault(parameter: &str, message: &str) -> ParameterFault {
    ParameterFault { parameter: parameter.to_owned(), message: message.to_owned() }
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
    Pattern::parse(pattern).is_some_and(|pattern| pattern.fits(&text))
}
