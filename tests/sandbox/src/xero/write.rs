//! Writes: one object or up to fifty, all or nothing unless errors are asked for one by one.

use serde_json::{Value, json};

use super::kind::Kind;
use super::refusal::{Refusal, errors, validation};
use super::render::{WHOLE, shown};
use super::rules::{Draft, apply, remove_payment};
use super::schema::{check, layout};
use super::store::{Book, is_live};
use crate::kit::Answer;
use crate::kit::decimals::{Object, text_of};

/// Elements a body may have.
const MOST: usize = 50;

/// How a write is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way<'a> {
    /// PUT: create only.
    Create,
    /// POST on the collection: create or update, by id or natural key.
    Save,
    /// POST on one object.
    At(&'a str),
}

/// What happened to one element.
pub(super) struct Done {
    pub(super) id: String,
    pub(super) created: bool,
}

/// The elements of a body: one object, an array, or `{"Invoices": […]}`.
pub(super) fn elements(array: &str, body: &[u8]) -> Result<Vec<Object>, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::Malformed(format!("the body is no JSON: {error}")))?;
    let list = match body {
        Value::Array(list) => list,
        Value::Object(mut object) => match object.remove(array) {
            Some(Value::Array(list)) => list,
            Some(other) => return Err(Refusal::Malformed(format!("{array} is {other}, not an array"))),
            None => vec![Value::Object(object)],
        },
        _ => return Err(Refusal::Malformed("the body is no object".into())),
    };
    if list.is_empty() || list.len() > MOST {
        return Err(Refusal::invalid(format!("A request has 1 to {MOST} elements, not {}", list.len())));
    }
    let objects = list.into_iter().map(|value| match value {
        Value::Object(object) => Ok(object),
        other => Err(Refusal::Malformed(format!("{other} is no object"))),
    });
    objects.collect()
}

/// Writes all elements. `one_by_one` is `summarizeErrors=false`: 200, and each element says how it went.
pub(super) fn write(
    book: &mut Book,
    kind: Kind,
    (way, elements): (Way<'_>, &[Object]),
    one_by_one: bool,
) -> Result<(Object, Answer, Vec<Done>), Refusal> {
    let start = book.mark();
    let mut answers = Vec::with_capacity(elements.len());
    let mut done = Vec::new();
    let mut refused = Vec::new();
    for element in elements {
        let before = book.mark();
        match one(book, kind, way, element) {
            Ok(written) => {
                let body = book.body(kind, &written.id).cloned().unwrap_or_default();
                let mut object = shown(book, kind, &body, WHOLE);
                if one_by_one {
                    object.insert("StatusAttributeString".into(), json!("OK"));
                }
                answers.push(Value::Object(object));
                done.push(written);
            }
            Err(Refusal::Invalid(messages)) => {
                book.roll_back(before);
                let element = marked(kind, element, &messages);
                refused.push(element.clone());
                answers.push(element);
            }
            Err(other) => {
                book.roll_back(start);
                return Err(other);
            }
        }
    }
    if !one_by_one && !refused.is_empty() {
        book.roll_back(start);
        return Ok((Object::new(), Answer::json(400, &validation(&refused)), Vec::new()));
    }
    let mut body = Object::new();
    body.insert(kind.array().into(), Value::Array(answers));
    Ok((body, Answer::empty(200), done))
}

/// The element as it was sent, with what is wrong with it.
fn marked(kind: Kind, element: &Object, messages: &[String]) -> Value {
    let mut shown = element.clone();
    shown.insert("ValidationErrors".into(), errors(messages));
    shown.insert("StatusAttributeString".into(), json!("ERROR"));
    let flag = if kind.is_document() { "HasErrors" } else { "HasValidationErrors" };
    shown.insert(flag.into(), json!(true));
    if kind != Kind::TaxRate {
        shown.entry(kind.id()).or_insert_with(|| json!("00000000-0000-0000-0000-000000000000"));
    }
    Value::Object(shown)
}

/// Writes one element.
pub(super) fn one(book: &mut Book, kind: Kind, way: Way<'_>, element: &Object) -> Result<Done, Refusal> {
    let mut sent = check(layout(kind), element)?;
    let old = addressed(book, kind, way, &sent)?;
    if let (Kind::Payment, Some(id)) = (kind, &old) {
        if text_of(&sent, "Status") != "DELETED" {
            return Err(Refusal::invalid("Payments cannot be changed; only Status DELETED is accepted"));
        }
        remove_payment(book, id)?;
        return Ok(Done { id: id.clone(), created: false });
    }
    if kind != Kind::TaxRate {
        sent.remove(kind.id());
    }
    let old = old.map(|id| {
        let body = book.body(kind, &id).cloned().unwrap_or_default();
        (id, body)
    });
    let created = old.is_none();
    let draft = Draft { sent, old };
    let body = apply(book, kind, &draft)?;
    let id = match &draft.old {
        Some((id, _)) => id.clone(),
        None => match text_of(&body, kind.id()) {
            "" => book.ids.uuid(),
            id => id.to_owned(),
        },
    };
    book.put(kind, &id, body);
    Ok(Done { id, created })
}

/// The object a write changes; `None` for a new one.
fn addressed(book: &Book, kind: Kind, way: Way<'_>, sent: &Object) -> Result<Option<String>, Refusal> {
    let id = text_of(sent, kind.id());
    match way {
        Way::At(key) => {
            let found = book.find(kind, key).ok_or(Refusal::NotFound)?;
            if !id.is_empty() && id != found {
                return Err(Refusal::invalid(format!("{} does not match the address", kind.id())));
            }
            Ok(Some(found))
        }
        Way::Create if id.is_empty() || kind == Kind::TaxRate => Ok(None),
        Way::Create => Err(Refusal::invalid(format!("{} must not be given on create; use POST", kind.id()))),
        Way::Save if !id.is_empty() => match book.row(kind, id) {
            Some(_) => Ok(Some(id.to_owned())),
            None => Err(Refusal::invalid(format!("{} {id} could not be found", kind.id()))),
        },
        Way::Save => Ok(natural(book, kind, sent)),
    }
}

/// The object with the natural key of the body (fact sheet, "Entities": POST matches on it).
fn natural(book: &Book, kind: Kind, sent: &Object) -> Option<String> {
    let fields: &[&str] = match kind {
        Kind::Contact => &["ContactNumber", "Name"],
        Kind::Invoice if text_of(sent, "Type") == "ACCPAY" => &[],
        Kind::CreditNote if text_of(sent, "Type") == "ACCPAYCREDIT" => &[],
        Kind::Invoice | Kind::CreditNote | Kind::Item => &[kind.label()],
        Kind::TaxRate => &["Name"],
        _ => &[],
    };
    fields.iter().find_map(|field| {
        let value = text_of(sent, field);
        let mut found = book.with_key(kind, field, value).filter(|(_, body)| {
            is_live(kind, body) && (!kind.is_document() || text_of(body, "Type").starts_with("ACCREC"))
        });
        (!value.is_empty()).then(|| found.next().map(|(id, _)| id.to_owned())).flatten()
    })
}
