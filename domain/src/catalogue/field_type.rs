//! What a field holds, which decides how its values compare and what may be mapped to it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The type of a field. As text: `text`, `money`, `reference:customer` …
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Characters.
    Text,
    /// A whole number, as JSON number or text.
    Integer,
    /// A decimal number, as JSON number or text.
    Decimal,
    /// An amount of the record's currency, as JSON number or text.
    Money,
    /// `true` or `false`.
    Boolean,
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339 with an offset.
    DateTime,
    /// The id of a record of this entity.
    Reference(String),
    /// A list.
    Array,
    /// Named members.
    Object,
    /// Anything; compared as it stands.
    #[default]
    Any,
}

/// A text that names no field type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no field type: use one of text, integer, decimal, money, boolean, date, date_time, \
     reference:<entity>, array, object, any"
)]
pub struct UnknownFieldType {
    /// What was given.
    pub given: String,
}

impl FieldType {
    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, UnknownFieldType> {
        Ok(match text {
            "text" => Self::Text,
            "integer" => Self::Integer,
            "decimal" => Self::Decimal,
            "money" => Self::Money,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "date_time" => Self::DateTime,
            "array" => Self::Array,
            "object" => Self::Object,
            "any" => Self::Any,
            _ => match text.strip_prefix("reference:").filter(|entity| !entity.is_empty()) {
                Some(entity) => Self::Reference(entity.to_owned()),
                None => return Err(UnknownFieldType { given: text.chars().take(80).collect() }),
            },
        })
    }

    /// Whether its values are numbers, however they are spelled.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Money)
    }

    /// Whether its values are decimals, which expressions must not touch with `+ - * /`.
    pub fn is_decimal(&self) -> bool {
        matches!(self, Self::Decimal | Self::Money)
    }

    /// Whether a value of this type may be copied into a field of type `to` without a transform.
    pub fn fits(&self, to: &Self) -> bool {
        match (self, to) {
            (Self::Array | Self::Object, _) | (_, Self::Array | Self::Object) => {
                self == to || *self == Self::Any || *to == Self::Any
            }
            (Self::Any, _)
            | (_, Self::Any | Self::Text)
            | (Self::Integer, Self::Decimal | Self::Money)
            | (Self::Decimal, Self::Money)
            | (Self::Money, Self::Decimal) => true,
            (Self::Reference(_), _) | (_, Self::Reference(_)) => false,
            _ => self == to,
        }
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Money => "money",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "date_time",
            Self::Reference(entity) => return write!(f, "reference:{entity}"),
            Self::Array => "array",
            Self::Object => "object",
            Self::Any => "any",
        })
    }
}

impl Serialize for FieldType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
