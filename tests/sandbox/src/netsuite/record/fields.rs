//! The fields of a record type, custom ones included, and what they may hold.

use serde_json::{Value, json};

use super::layout::layout;
use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, decimal};
use crate::netsuite::kind::Kind;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::store::Ledger;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::netsuite) enum Type {
    /// Text of at most so many characters; 0 for any.
    Text(usize),
    Number,
    Flag,
    Date,
    /// A reference to one of these types.
    Ref(&'static [Kind]),
    /// A reference to one of these words.
    Word(&'static [&'static str]),
    /// References to several of these types.
    Many(&'static [Kind]),
    /// A reference to a short code, such as a country.
    Code,
    /// A record inside the record.
    One(&'static [Field]),
    /// A sublist: its columns, and the column that is its key.
    Lines(&'static [Field], &'static str),
    /// Worked out by the server; what is sent is not looked at.
    ReadOnly,
    /// Known to be there, not in the simulator.
    Left,
}

pub(in crate::netsuite) type Field = (&'static str, Type);

/// The standard fields of a type.
pub(in crate::netsuite) fn fields(kind: Kind) -> &'static [Field] {
    layout(kind)
}

/// The body with references as `{"id"}`, dates checked, read-only fields and links left out.
/// Errors: unknown fields, wrong types, references to nothing.
pub(super) fn check(ledger: &Ledger, kind: Kind, body: &Object) -> Result<Object, Refusal> {
    object(ledger, (kind, None), layout(kind), body)
}

fn object(
    ledger: &Ledger,
    place: (Kind, Option<&str>),
    layout: &[Field],
    body: &Object,
) -> Result<Object, Refusal> {
    let mut clean = Object::new();
    for (name, value) in body {
        if matches!(name.as_str(), "links" | "id" | "refName") {
            continue;
        }
        if let Some((_, kind)) = layout.iter().find(|(own, _)| own == name) {
            if let Some(value) = field(ledger, (place, name, *kind), value)? {
                clean.insert(name.clone(), value);
            }
        } else if is_custom(ledger, place, name) {
            if !(value.is_string() || value.is_null()) {
                return Err(Refusal::content(format!("The field {name} holds text."), name));
            }
            clean.insert(name.clone(), value.clone());
        } else {
            return Err(Refusal::content(format!("Unknown field '{name}' on {}.", place.0.name()), name));
        }
    }
    Ok(clean)
}

fn is_custom(ledger: &Ledger, (kind, sublist): (Kind, Option<&str>), name: &str) -> bool {
    let mut own = ledger.settings.custom_fields.iter();
    own.any(|field| field.id == name && field.record == kind.name() && field.sublist.as_deref() == sublist)
}

type Spot<'a> = ((Kind, Option<&'a str>), &'a str, Type);

fn field(ledger: &Ledger, (place, name, kind): Spot<'_>, value: &Value) -> Result<Option<Value>, Refusal> {
    let wrong = |what: &str| Refusal::content(format!("The field {name} must be {what}."), name);
    if value.is_null() && !matches!(kind, Type::ReadOnly) {
        return Ok(Some(Value::Null));
    }
    let kept = match kind {
        Type::Text(most) => {
            let text = value.as_str().ok_or_else(|| wrong("a string"))?;
            if most > 0 && text.chars().count() > most {
                return Err(Refusal::user(format!(
                    "The field {name} contained more than the maximum number ({most}) of characters allowed."
                )));
            }
            value.clone()
        }
        Type::Number => decimal(value).map(|_| value.clone()).ok_or_else(|| wrong("a number"))?,
        Type::Flag => value.as_bool().map(Value::from).ok_or_else(|| wrong("a boolean"))?,
        Type::Date => {
            let date = value.as_str().and_then(parse_date);
            date.map(|date| json!(date.to_string())).ok_or_else(|| wrong("a date as YYYY-MM-DD"))?
        }
        Type::ReadOnly => return Ok(None),
        Type::Left => return Err(Refusal::not_modelled(format!("the field {name}"))),
        _ => compound(ledger, (place, name, kind), value)?,
    };
    Ok(Some(kept))
}

/// Fields that hold objects.
fn compound(ledger: &Ledger, (place, name, kind): Spot<'_>, value: &Value) -> Result<Value, Refusal> {
    let wrong = |what: &str| Refusal::content(format!("The field {name} must be {what}."), name);
    Ok(match kind {
        Type::Ref(kinds) => reference(ledger, kinds, name, value)?,
        Type::Word(words) => {
            let word = value["id"].as_str().ok_or_else(|| wrong("an object with an id"))?;
            if !words.contains(&word) {
                return Err(Refusal::user(format!(
                    "Invalid value for the resource or sub-resource field '{name}': {word}."
                )));
            }
            json!({"id": word})
        }
        Type::Many(kinds) => {
            let items =
                value.get("items").and_then(Value::as_array).ok_or_else(|| wrong("an object with items"))?;
            let items = items.iter().map(|item| reference(ledger, kinds, name, item));
            json!({"items": items.collect::<Result<Vec<_>, _>>()?})
        }
        Type::Code => {
            let code = value["id"].as_str().filter(|code| (2..=3).contains(&code.len()));
            json!({"id": code.ok_or_else(|| wrong("an object with an id"))?})
        }
        Type::One(layout) => {
            let value = value.as_object().ok_or_else(|| wrong("an object"))?;
            Value::Object(object(ledger, (place.0, Some(name)), layout, value)?)
        }
        Type::Lines(columns, _) => lines(ledger, (place.0, name), columns, value)?,
        _ => value.clone(),
    })
}

fn reference(ledger: &Ledger, kinds: &[Kind], name: &str, value: &Value) -> Result<Value, Refusal> {
    let id = match &value["id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return Err(Refusal::content(format!("The field {name} must be an object with an id."), name)),
    };
    match ledger.among(kinds, &id) {
        Some(_) => Ok(json!({"id": id})),
        None => Err(Refusal::user(format!("Invalid Field Value {id} for the following field: {name}."))),
    }
}

fn lines(
    ledger: &Ledger,
    (kind, name): (Kind, &str),
    columns: &[Field],
    value: &Value,
) -> Result<Value, Refusal> {
    let wrong = || Refusal::content(format!("The sublist {name} must be an object with items."), name);
    let items = value.get("items").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut clean = Vec::with_capacity(items.len());
    for item in items {
        let item = item.as_object().ok_or_else(wrong)?;
        clean.push(Value::Object(object(ledger, (kind, Some(name)), columns, item)?));
    }
    Ok(json!({"items": clean}))
}
