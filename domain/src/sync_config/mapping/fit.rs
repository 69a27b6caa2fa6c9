//! Whether a transform fits the types of its fields; each answer is what is wrong and what to do.

use serde_json::Value;

use super::MappingRule;
use crate::catalogue::{FieldSchema, FieldType};
use crate::expression::{Expression, ExpressionError, Kinds, Place};
use crate::money;
use crate::sync_config::field_path::FieldPath;
use crate::sync_config::mapping_rule::Flow;
use crate::sync_config::transform::Format;

/// A copy.
pub(super) fn direct(flow: Flow, local: &FieldType, remote: &FieldType) -> Option<String> {
    let refused = |from: &FieldType, to: &FieldType| {
        let instead = match (from, to) {
            (_, FieldType::Reference(_)) => "reference",
            (FieldType::Array | FieldType::Object, _) | (_, FieldType::Array | FieldType::Object) => {
                "compute"
            }
            _ => "format",
        };
        Some(format!("{from} does not fit {to}: use a `{instead}` transform"))
    };
    if flow.sends && !local.fits(remote) {
        return refused(local, remote);
    }
    if flow.receives && !remote.fits(local) {
        return refused(remote, local);
    }
    None
}

/// Another spelling.
pub(super) fn format(format: &Format, flow: Flow, local: &FieldType, remote: &FieldType) -> Option<String> {
    use FieldType::{Any, Date, DateTime, Text};
    let dates = |kind: &FieldType| matches!(kind, Date | DateTime | Text | Any);
    let numbers = |kind: &FieldType| kind.is_number() || matches!(kind, Text | Any);
    let texts = |kind: &FieldType| !matches!(kind, FieldType::Array | FieldType::Object);
    let (what, fits): (&str, &dyn Fn(&FieldType) -> bool) = match format {
        Format::Date(_) => ("date", &dates),
        Format::Number(_) => ("number", &numbers),
        Format::Text(_) => ("text", &texts),
    };
    let written = if flow.sends { remote } else { local };
    if matches!(format, Format::Text(_)) && !matches!(written, Text | Any) {
        return Some(format!("a text format gives text, which does not fit {written}: choose a text field"));
    }
    let wrong = [local, remote].into_iter().find(|kind| !fits(kind))?;
    Some(format!("a {what} format does not fit {wrong}: choose another transform"))
}

/// A table.
pub(super) fn lookup(table: &str, local: &FieldType, remote: &FieldType) -> Option<String> {
    if table.trim().is_empty() {
        return Some("name the lookup table".to_owned());
    }
    let wrong =
        [local, remote].into_iter().find(|kind| matches!(kind, FieldType::Array | FieldType::Object))?;
    Some(format!("a lookup does not fit {wrong}: map the fields inside it"))
}

/// A reference.
pub(super) fn reference(entity: &str, local: &FieldType, remote: &FieldType) -> Option<String> {
    if crate::value::EntityName::parse(entity).is_err() {
        return Some("name the entity that the field refers to, such as `customer`".to_owned());
    }
    match local {
        FieldType::Reference(own) if own != entity => {
            return Some(format!("the field refers to {own}, not to {entity}: correct the transform"));
        }
        FieldType::Reference(_) | FieldType::Text | FieldType::Any => {}
        other => return Some(format!("{other} holds no id: choose a field that refers to a record")),
    }
    let ids =
        matches!(remote, FieldType::Reference(_) | FieldType::Text | FieldType::Integer | FieldType::Any);
    (!ids).then(|| format!("the provider's {remote} holds no id: choose its id field"))
}

/// A computed value: the expression must parse where it stands.
pub(super) fn expression(
    source: &str,
    fields: &[FieldSchema],
    rule: &MappingRule,
    flow: Flow,
) -> Result<Expression, String> {
    compile(source, &Kinds::of(fields), rule, flow).map_err(|error| error.to_string())
}

/// The expression of a rule, with what it can see: the record it comes from, `value`, and `item` inside an array.
pub(crate) fn compile(
    source: &str,
    kinds: &Kinds,
    rule: &MappingRule,
    flow: Flow,
) -> Result<Expression, ExpressionError> {
    let (path, other) = if flow.sends { (&rule.local, &rule.remote) } else { (&rule.remote, &rule.local) };
    let value = path.as_ref().and_then(|path| kinds.get(&path.to_string()));
    let array = path.as_ref().and_then(FieldPath::each).map(|(array, _)| array.to_string());
    let inside = array.is_some() || other.as_ref().is_some_and(|path| path.each().is_some());
    let array = array.or_else(|| inside.then(String::new));
    Expression::parse(source, &Place { kinds: Some(kinds), value, array: array.as_deref() })
}

/// A value written into a mapping by hand.
pub(super) fn literal(value: &Value, kind: &FieldType) -> Option<String> {
    let fits = match kind {
        FieldType::Any => true,
        FieldType::Integer => money::decimal(value).is_ok_and(|number| number.fract().is_zero()),
        FieldType::Decimal | FieldType::Money => money::decimal(value).is_ok(),
        FieldType::Boolean => value.is_boolean() || matches!(value.as_str(), Some("true" | "false")),
        FieldType::Date => {
            value.as_str().is_some_and(|text| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok())
        }
        FieldType::DateTime => {
            value.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok())
        }
        FieldType::Text => !value.is_array() && !value.is_object(),
        FieldType::Reference(_) => value.is_string() || value.is_number(),
        FieldType::Array => value.is_array(),
        FieldType::Object => value.is_object(),
    };
    (!fits).then(|| format!("is no {kind}: correct it"))
}

/// What to do about a field that is not there, naming the one that was probably meant.
pub(crate) fn look_alike(wrong: &str, fields: &[FieldSchema]) -> String {
    match suggestion(wrong, fields) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "choose one of its fields".to_owned(),
    }
}

fn suggestion<'a>(wrong: &str, fields: &'a [FieldSchema]) -> Option<&'a str> {
    let limit = wrong.chars().count() / 3 + 1;
    fields
        .iter()
        .map(|field| (distance(&wrong.to_lowercase(), &field.path.to_lowercase()), field.path.as_str()))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, path)| path)
}

/// How many letters to add, drop or change (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, other) in right.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
