//! Arrays whose elements one of their members tells apart, as objects by that member; objects of several kinds by their kind, or
//! with what they name as their detail; and members that are not sent.

use domain::fields::Fields;
use domain::sync_config::field_path::Segment;
use serde_json::Value;

/// The elements by their member `key`, which is not repeated inside them. Nothing where an element has none, or two have
/// the same: what cannot be told apart stays an array.
pub(in super::super) fn by_key(value: &Value, key: &str) -> Option<Value> {
    let mut named = Fields::new();
    for element in value.as_array()? {
        let mut members = element.as_object()?.clone();
        let Some(Value::String(name)) = members.remove(key) else { return None };
        if named.insert(name, Value::Object(members)).is_some() {
            return None;
        }
    }
    Some(Value::Object(named))
}

/// The array again, every element with its name in the member `key`. What is null there has no element.
pub(in super::super) fn as_array(value: &Value, key: &str) -> Option<Value> {
    let named = value.as_object()?.iter().filter(|(_, element)| !element.is_null());
    let elements = named.map(|(name, element)| {
        let mut members = element.as_object()?.clone();
        members.insert(key.to_owned(), name.as_str().into());
        Some(Value::Object(members))
    });
    elements.collect::<Option<Vec<Value>>>().map(Value::Array)
}

/// The object under the word in its member `key`, which is not repeated inside. Nothing where there is no such word.
pub(in super::super) fn by_tag(value: &Value, key: &str) -> Option<Value> {
    let mut members = value.as_object()?.clone();
    let Some(Value::String(word)) = members.remove(key) else { return None };
    Some(Value::Object(Fields::from_iter([(word, Value::Object(members))])))
}

/// The object again, with its word in the member `key`; `null` where nothing is in it. Errors: it would be of two kinds.
pub(in super::super) fn as_tagged(value: &Value, key: &str) -> Result<Option<Value>, String> {
    let Some(kinds) = value.as_object() else { return Ok(None) };
    let mut filled = kinds.iter().filter(|(_, inner)| !is_blank(inner));
    match (filled.next(), filled.next()) {
        (None, _) => Ok(Some(Value::Null)),
        (Some((word, Value::Object(members))), None) => {
            let mut members = members.clone();
            members.insert(key.to_owned(), word.as_str().into());
            Ok(Some(Value::Object(members)))
        }
        (Some(_), None) => Ok(None),
        (Some((one, _)), Some((other, _))) => Err(format!("it can be a {one} or a {other}, not both")),
    }
}

/// What the member `key` names, in the plain form.
const DETAIL: &str = "Detail";

/// The object with the member that its member `key` names as `Detail`. Nothing where there is no such member.
pub(in super::super) fn by_detail(value: &Value, key: &str) -> Option<Value> {
    let mut members = value.as_object()?.clone();
    let name = members.get(key)?.as_str()?.to_owned();
    if members.contains_key(DETAIL) || !members.get(&name)?.is_object() {
        return None;
    }
    let detail = members.remove(&name)?;
    members.insert(DETAIL.to_owned(), detail);
    Some(Value::Object(members))
}

/// The object again, with `Detail` under the name in its member `key` and without what is empty there: it may be left from
/// another kind. Errors: there is a detail, and nothing says of which kind.
pub(in super::super) fn as_detailed(value: &Value, key: &str) -> Result<Option<Value>, String> {
    let Some(Value::Object(detail)) = value.get(DETAIL) else { return Ok(None) };
    let Some(mut members) = value.as_object().cloned() else { return Ok(None) };
    members.remove(DETAIL);
    let detail: Fields = detail.iter().filter(|(_, inner)| !is_blank(inner)).map(copy).collect();
    match members.get(key).and_then(Value::as_str).map(str::to_owned) {
        Some(name) => drop(members.insert(name, Value::Object(detail))),
        None if detail.is_empty() => {}
        None => return Err(format!("`{key}` says nothing, so its detail has no name")),
    }
    Ok(Some(Value::Object(members)))
}

fn copy((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Whether nothing stands in it, however deep.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(is_blank),
        _ => false,
    }
}

/// Takes away what a path means, in every element where it has `[*]`.
pub(in super::super) fn leave_out(value: &mut Value, path: &[Segment]) {
    let Some((segment, rest)) = path.split_first() else { return };
    match (segment, value) {
        (Segment::Name(name), Value::Object(members)) if rest.is_empty() => drop(members.remove(name)),
        (Segment::Name(name), Value::Object(members)) => {
            if let Some(inner) = members.get_mut(name) {
                leave_out(inner, rest);
            }
        }
        (Segment::Each, Value::Array(elements)) => {
            for element in elements {
                leave_out(element, rest);
            }
        }
        _ => {}
    }
}
