//! What happens to a value between the two sides.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::FieldType;
use crate::fields::Fields;

mod date_pattern;
mod format;
#[cfg(test)]
mod tests;

pub use date_pattern::DatePattern;
pub use format::{Case, DateFormat, Format, FormatError, NumberFormat, TextFormat};

/// How a rule makes one side's value out of the other's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Transform {
    /// The value itself.
    #[default]
    Direct,
    /// The value, spelled differently.
    Format(Format),
    /// Looked up in one of the integration's tables, our value → the provider's.
    Lookup {
        /// The table.
        table: String,
        /// Which of ours stands for a provider's value that several of ours map to.
        #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
        inverse: std::collections::BTreeMap<String, String>,
    },
    /// Computed by a CEL expression from the record (`record`), the value at the source path (`value`) and, inside an
    /// array, the element (`item`).
    Compute {
        /// The expression.
        expression: String,
    },
    /// Always this value.
    Constant {
        /// The value.
        value: Value,
    },
    /// Our id of a record of `entity` ↔ the provider's id of it.
    Reference {
        /// Our entity.
        entity: String,
    },
}

/// Why a transform's name and configuration make no transform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransformError {
    /// No such transform.
    #[error("`{given}` is no transform: use one of direct, format, lookup, compute, constant, reference")]
    UnknownKind {
        /// What was given.
        given: String,
    },
    /// The configuration lacks something or has too much.
    #[error("the configuration of a `{kind}` transform is not readable ({reason}): {hint}")]
    Config {
        /// The transform.
        kind: &'static str,
        /// What is wrong.
        reason: String,
        /// An example.
        hint: &'static str,
    },
}

impl Transform {
    /// The transform of this name and configuration, as the mapping tables of the HTTP interface have them:
    /// `("format", {"format": "YYYY-MM-DD"})`, `("lookup", {"lookup_table": "status_map"})`.
    pub fn parse(kind: &str, config: &Value) -> Result<Self, TransformError> {
        let empty = Fields::new();
        let config = match config {
            Value::Null => &empty,
            Value::Object(object) => object,
            _ => return Err(config_error("transform", "not an object".into(), "give an object")),
        };
        match kind {
            "direct" => only(config, &[], "direct", "give {}").map(|()| Self::Direct),
            "format" => format::parse(config).map(Self::Format),
            "lookup" => lookup(config),
            "compute" => {
                let hint = "{\"expression\": \"record.first_name\"}";
                only(config, &["expression"], "compute", hint)?;
                Ok(Self::Compute { expression: text(config, "expression", "compute", hint)? })
            }
            "constant" => {
                let hint = "{\"value\": \"EUR\"}";
                only(config, &["value"], "constant", hint)?;
                let value = config.get("value").cloned();
                let value =
                    value.ok_or_else(|| config_error("constant", "`value` is missing".into(), hint))?;
                Ok(Self::Constant { value })
            }
            "reference" => {
                let hint = "{\"entity\": \"customer\"}";
                only(config, &["entity"], "reference", hint)?;
                Ok(Self::Reference { entity: text(config, "entity", "reference", hint)? })
            }
            _ => Err(TransformError::UnknownKind { given: kind.chars().take(80).collect() }),
        }
    }

    /// Its name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Format(_) => "format",
            Self::Lookup { .. } => "lookup",
            Self::Compute { .. } => "compute",
            Self::Constant { .. } => "constant",
            Self::Reference { .. } => "reference",
        }
    }

    /// Its configuration, which [`Transform::parse`] reads back.
    pub fn config(&self) -> Value {
        let shape = serde_json::to_value(self).expect("a transform is made of texts and JSON");
        match shape {
            Value::Object(mut members) => members.remove(self.kind()).unwrap_or_default(),
            _ => Value::Object(Fields::new()),
        }
    }

    /// Whether the provider's value can be turned into ours again, for a field of ours of this type.
    pub fn has_inverse(&self, local: &FieldType) -> bool {
        match self {
            Self::Direct | Self::Lookup { .. } | Self::Reference { .. } => true,
            Self::Format(format) => format.has_inverse(local),
            Self::Compute { .. } | Self::Constant { .. } => false,
        }
    }

    /// Whether it reads the field on the other side; `compute` and `constant` can do without.
    pub fn needs_source(&self) -> bool {
        !matches!(self, Self::Compute { .. } | Self::Constant { .. })
    }
}

fn lookup(config: &Fields) -> Result<Transform, TransformError> {
    let hint = "{\"lookup_table\": \"status_map\"}";
    only(config, &["table", "lookup_table", "inverse"], "lookup", hint)?;
    let name = if config.contains_key("table") { "table" } else { "lookup_table" };
    let table = text(config, name, "lookup", hint)?;
    let inverse = match config.get("inverse") {
        None => std::collections::BTreeMap::new(),
        Some(map) => serde_json::from_value(map.clone())
            .map_err(|_| config_error("lookup", "`inverse` is no object of texts".into(), hint))?,
    };
    Ok(Transform::Lookup { table, inverse })
}

fn config_error(kind: &'static str, reason: String, hint: &'static str) -> TransformError {
    TransformError::Config { kind, reason, hint }
}

fn only(
    config: &Fields,
    known: &[&str],
    kind: &'static str,
    hint: &'static str,
) -> Result<(), TransformError> {
    match config.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(config_error(kind, format!("`{key}` is unknown"), hint)),
        None => Ok(()),
    }
}

fn text(
    config: &Fields,
    name: &str,
    kind: &'static str,
    hint: &'static str,
) -> Result<String, TransformError> {
    match config.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(config_error(kind, format!("`{name}` must be a text"), hint)),
    }
}
