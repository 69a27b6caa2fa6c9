//! Small values of the language: places in a JSON document, constants, predicates, fields and mapping rules.

use std::borrow::Cow;

use domain::sync_config::field_path::FieldPath;
use domain::value::Direction;
use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A place in a JSON document: `QueryResponse.Invoice`, `Fault.Error[0].code`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Place(pub FieldPath);

impl Place {
    /// The text of the path.
    pub fn text(&self) -> String {
        self.0.to_string()
    }
}

impl JsonSchema for Place {
    fn schema_name() -> Cow<'static, str> {
        "Place".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A place in a JSON document: QueryResponse.Invoice, Fault.Error[0].code."
        })
    }
}

/// A constant: text, whole number or truth value. Decimals are written as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal(pub Value);

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

struct LiteralVisitor;

impl Visitor<'_> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text, a whole number, true or false")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal(value.into()))
    }
}

impl JsonSchema for Literal {
    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "integer", "boolean"] })
    }
}

/// A field that has a certain value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldIs {
    /// The field.
    pub field: Place,
    /// Its value.
    pub equals: Literal,
}

/// An array of the entity whose elements have a name of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrayOf {
    /// Where the array stands (`Line`).
    pub path: Place,
    /// What names an element inside it (`Id`).
    pub key: Option<Place>,
    /// Which elements the provider computes by itself (`DetailType = "SubTotalLineDetail"`); they are left alone.
    #[serde(default)]
    pub computed: Vec<FieldIs>,
}

/// A rule of the default mapping: a local field and the remote field it is kept in step with.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// Our field (`lines[*].quantity`); a constant does without.
    pub local: Option<Place>,
    /// The provider's field (`Line[*].SalesItemLineDetail.Qty`).
    pub remote: Place,
    /// Which way it flows; absent means the direction of the sync config.
    #[schemars(with = "Option<String>")]
    pub direction: Option<Direction>,
    /// How the value changes on the way, in the notation of field mappings; absent means as it is.
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    pub transform: Option<toml::Table>,
    /// Used where the local record has no value.
    pub default: Option<Literal>,
    /// Whether a record without it is refused.
    #[serde(default)]
    pub required: bool,
}
