//! Short words for the tables of this folder.

use super::{EntitySchema, FieldSchema, FieldType};

/// An entity; every one can carry custom fields.
pub(super) fn entity(
    name: &str,
    title: &str,
    natural_key: &str,
    fields: &[Vec<FieldSchema>],
) -> EntitySchema {
    let mut fields = fields.concat();
    fields.push(FieldSchema::new("custom_fields", FieldType::Object).personal());
    let natural_key = (!natural_key.is_empty()).then(|| natural_key.to_owned());
    EntitySchema { name: name.to_owned(), title: title.to_owned(), fields, natural_key }
}

fn each(kind: &FieldType, paths: &str) -> Vec<FieldSchema> {
    paths.split_whitespace().map(|path| FieldSchema::new(path, kind.clone())).collect()
}

/// Text fields.
pub(super) fn text(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Text, paths)
}

/// Text fields that tell who somebody is.
pub(super) fn personal(paths: &str) -> Vec<FieldSchema> {
    text(paths).into_iter().map(FieldSchema::personal).collect()
}

/// Amounts.
pub(super) fn money(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Money, paths)
}

/// Decimal numbers.
pub(super) fn decimal(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Decimal, paths)
}

/// Whole numbers.
pub(super) fn integer(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Integer, paths)
}

/// Calendar days.
pub(super) fn date(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Date, paths)
}

/// Moments.
pub(super) fn date_time(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::DateTime, paths)
}

/// Yes or no.
pub(super) fn boolean(paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Boolean, paths)
}

/// Ids of records of `entity`.
pub(super) fn reference(entity: &str, paths: &str) -> Vec<FieldSchema> {
    each(&FieldType::Reference(entity.to_owned()), paths)
}

/// An array whose elements `key` names.
pub(super) fn array(path: &str, key: &str) -> Vec<FieldSchema> {
    vec![FieldSchema::new(path, FieldType::Array).keyed_by(key)]
}

/// The same fields, required.
pub(super) fn required(fields: Vec<FieldSchema>) -> Vec<FieldSchema> {
    fields.into_iter().map(FieldSchema::required).collect()
}

/// A postal address below `path`.
pub(super) fn address(path: &str) -> Vec<FieldSchema> {
    let parts = ["line1", "line2", "city", "region", "postal_code", "country"];
    let mut fields = vec![FieldSchema::new(path, FieldType::Object).personal()];
    fields.extend(parts.map(|part| FieldSchema::new(&format!("{path}.{part}"), FieldType::Text).personal()));
    fields
}

/// The lines of a sales or purchase document.
pub(super) fn lines() -> Vec<FieldSchema> {
    [
        array("lines", "line_id"),
        text("lines[*].line_id"),
        reference("product", "lines[*].product"),
        text("lines[*].description"),
        decimal("lines[*].quantity"),
        money("lines[*].unit_price lines[*].discount lines[*].amount"),
        reference("tax_code", "lines[*].tax_code"),
        reference("account", "lines[*].account"),
        reference("class", "lines[*].class"),
    ]
    .concat()
}
