//! Sent values against the fields of the object.

use serde_json::{Value, json};

use crate::kit::clock::parse_date;
use crate::kit::decimals::{Object, decimal, number, rounded};
use crate::salesforce::kind::Kind;
use crate::salesforce::layout::{COMPOUND, Field, Type};
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::{Org, Spelled, spelled};
use crate::salesforce::times::{instant, stamp};

/// The values of a body as the org stores them; null empties a field.
pub(super) fn check(org: &Org, kind: Kind, body: &Object, is_new: bool) -> Result<Object, Refusal> {
    let mut taken = Object::new();
    for (name, value) in body.iter().filter(|(name, _)| *name != "attributes") {
        let field = org.fields(kind).find(|field| field.name == *name);
        let Some(field) = field else { return Err(unknown(kind, name)) };
        let allowed = if is_new { field.is_createable() } else { field.is_updateable() };
        if !allowed {
            let what = if is_new { "create" } else { "update" };
            let message = format!(
                "Unable to {what} fields: {name}. Please check the security settings of this field and verify that \
                 it is read/write for your profile or permission set."
            );
            return Err(Refusal::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message).at(&[name]));
        }
        taken.insert(name.clone(), one(org, field, value)?);
    }
    Ok(taken)
}

pub(super) fn unknown(kind: Kind, name: &str) -> Refusal {
    let compound = COMPOUND.contains(&name) || name.contains('.');
    if compound {
        return Refusal::not_modelled(format!("the compound or related field {name}"));
    }
    Refusal::unknown_field(kind.name(), name)
}

fn one(org: &Org, field: &Field, value: &Value) -> Result<Value, Refusal> {
    if value.is_null() {
        return if field.holds == Type::Flag { Err(unreadable("boolean", value)) } else { Ok(Value::Null) };
    }
    match field.holds {
        Type::Number(places) => amount(value, places),
        Type::Money | Type::Percent => amount(value, 2),
        Type::Flag => value.as_bool().map(Value::from).ok_or_else(|| unreadable("boolean", value)),
        _ => {
            let text = value.as_str().ok_or_else(|| unreadable("string", value))?.trim();
            if text.is_empty() { Ok(Value::Null) } else { written(org, field, text) }
        }
    }
}

fn unreadable(what: &str, value: &Value) -> Refusal {
    Refusal::bad("JSON_PARSER_ERROR", format!("Cannot deserialize instance of {what} from {value}"))
}

fn amount(value: &Value, places: u32) -> Result<Value, Refusal> {
    let amount = decimal(value).ok_or_else(|| unreadable("double", value))?;
    Ok(number(rounded(amount, places)))
}

fn written(org: &Org, field: &Field, text: &str) -> Result<Value, Refusal> {
    let label = &field.name;
    match field.holds {
        Type::Text(most) | Type::Area(most) => long(label, text, most),
        Type::Phone => long(label, text, 40),
        Type::Url => long(label, text, 255),
        Type::Email => {
            let valid = text.split_once('@').is_some_and(|(own, host)| !own.is_empty() && host.contains('.'));
            if !valid || text.contains(' ') {
                let message = format!("{label}: invalid email address: {text}");
                return Err(Refusal::bad("INVALID_EMAIL_ADDRESS", message).at(&[label]));
            }
            long(label, text, 80)
        }
        Type::Word(words) if !words.contains(&text) => {
            let message = format!("{label}: bad value for restricted picklist field: {text}");
            Err(Refusal::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).at(&[label]))
        }
        Type::Day => match parse_date(text) {
            Some(date) => Ok(json!(date.to_string())),
            None => Err(unreadable("date", &json!(text))),
        },
        Type::Instant => match instant(text) {
            Some(ms) => Ok(json!(stamp(ms))),
            None => Err(unreadable("datetime", &json!(text))),
        },
        Type::Ref(kinds) => reference(org, (label, kinds), text),
        _ => Ok(json!(text)),
    }
}

fn long(label: &str, text: &str, most: usize) -> Result<Value, Refusal> {
    if text.chars().count() <= most {
        return Ok(json!(text));
    }
    let start: String = text.chars().take(40).collect();
    let message = format!("{label}: data value too large: {start} (max length={most})");
    Err(Refusal::bad("STRING_TOO_LONG", message).at(&[label]))
}

fn reference(org: &Org, (label, kinds): (&str, &[Kind]), text: &str) -> Result<Value, Refusal> {
    let Spelled::Id(id) = spelled(text) else {
        return Err(
            Refusal::bad("MALFORMED_ID", format!("{label}: id value of incorrect type: {text}")).at(&[label])
        );
    };
    let Some(kind) = Kind::of_id(&id).filter(|kind| kinds.contains(kind)) else {
        return Err(Refusal::bad(
            "FIELD_INTEGRITY_EXCEPTION",
            format!("{label}: id value of incorrect type: {text}"),
        )
        .at(&[label]));
    };
    match org.row(kind, &id) {
        Some(row) if row.now.deleted => Err(Refusal::deleted()),
        Some(_) => Ok(json!(id)),
        None => Err(Refusal::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").at(&[label])),
    }
}
