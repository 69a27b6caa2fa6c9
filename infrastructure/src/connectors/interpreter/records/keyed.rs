//! Arrays whose elements one of their members tells apart, as objects by that member, and members that are not sent.

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
