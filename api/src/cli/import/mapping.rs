//! Which column becomes which field.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use domain::catalogue::{self, EntitySchema};
use domain::fields::Fields;
use domain::value::{EntityName, LocalId};
use serde::Deserialize;
use serde_json::Value;

use super::record::{BadLine, ImportedRecord};
use super::source::Line;
use super::value::typed;

/// A mapping: of a TOML file, or of flags.
///
/// ```toml
/// entity = "customer"
/// id = "CustomerID"
/// [columns]
/// "Company name" = "name"
/// City = "address.city"
/// [constants]
/// currency = "EUR"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnMapping {
    /// Our entity.
    pub(super) entity: String,
    /// The column that holds the local id.
    pub(super) id: String,
    /// Column → field, nested ones with dots (`address.city`).
    #[serde(default)]
    pub(super) columns: BTreeMap<String, String>,
    /// Field → a value that every record gets.
    #[serde(default)]
    pub(super) constants: BTreeMap<String, String>,
}

impl ColumnMapping {
    /// Reads a TOML file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is no mapping", path.display()))
    }

    /// Checks it against the file's columns; a CSV file without a mapping of its own is taken by its header.
    pub(super) fn complete(mut self, columns: &[String]) -> anyhow::Result<Self> {
        EntityName::parse(&self.entity).context("--entity says what the lines are, such as customer")?;
        if self.id.is_empty() {
            bail!("--id names the column that holds each record's id");
        }
        if columns.is_empty() {
            return Ok(self);
        }
        if self.columns.is_empty() {
            let others = columns.iter().filter(|column| **column != self.id);
            self.columns = others.map(|column| (column.clone(), column.clone())).collect();
        }
        let used = self.columns.keys().chain([&self.id]);
        if let Some(missing) = used.into_iter().find(|column| !columns.contains(column)) {
            bail!("the file has no column `{missing}`: it has {}", columns.join(", "));
        }
        Ok(self)
    }

    /// The record of a line.
    pub(super) fn record(&self, line: &Line) -> Result<ImportedRecord, BadLine> {
        let bad = |reason: String| BadLine::new(line.number, reason);
        let schema = catalogue::find(&self.entity);
        let id = match line.cells.get(&self.id) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(bad(format!("`{}` is missing: every record needs its id", self.id))),
        };
        LocalId::parse(&id).map_err(|error| bad(error.to_string()))?;
        let mut fields = Fields::new();
        for (field, value) in &self.constants {
            let value =
                typed(schema, field, value).map_err(|why| bad(format!("constant `{field}`: {why}")))?;
            put(&mut fields, field, value).map_err(&bad)?;
        }
        for (column, value) in &line.cells {
            let Some(field) = self.field(column) else { continue };
            if let Some(value) =
                value_of(schema, field, value).map_err(|why| bad(format!("`{column}`: {why}")))?
            {
                put(&mut fields, field, value).map_err(&bad)?;
            }
        }
        let (line, entity, local_id) = (line.number, self.entity.clone(), id);
        Ok(ImportedRecord { line, entity, local_id, fields, keep_existing: false })
    }

    /// Without columns named (NDJSON only) every member is the field of its own name.
    fn field<'a>(&'a self, column: &'a str) -> Option<&'a str> {
        if self.columns.is_empty() {
            return (column != self.id).then_some(column);
        }
        self.columns.get(column).map(String::as_str)
    }
}

/// Text of CSV becomes what the schema says; an empty cell leaves the field as it is. JSON stays what it is.
fn value_of(schema: Option<&EntitySchema>, field: &str, value: &Value) -> Result<Option<Value>, String> {
    match value {
        Value::String(text) if text.contains('\0') => Err("it contains U+0000: remove it".to_owned()),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => typed(schema, field, text.trim()).map(Some),
        other => Ok(Some(other.clone())),
    }
}

fn put(fields: &mut Fields, path: &str, value: Value) -> Result<(), String> {
    match path.split_once('.') {
        None => {
            fields.insert(path.to_owned(), value);
            Ok(())
        }
        Some((head, rest)) => {
            let inner = fields.entry(head).or_insert_with(|| Value::Object(Fields::new()));
            match inner {
                Value::Object(inner) => put(inner, rest, value),
                _ => Err(format!("`{head}` is given both whole and in parts")),
            }
        }
    }
}
