//! Small values of the language: places in a JSON document, constants, predicates, fields and mapping rules.

use std::borrow::Cow;

use domain::sync_config::field_path::FieldPath;
use domain::value::Direction;
use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

mod codec;
mod members;

pub use codec::{Field, Spelling};
pub use members::Members;

/// A place in a JSON document: `QueryResponse.Invoice`, `Fault.Error[0].code`, `$['@odata.nextLink']`.
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
            "description": "A place in a JSON document: QueryResponse.Invoice, Fault.Error[0].code; a name with other characters in brackets behind a $: $['@odata.nextLink']."
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

/// Whether a field has a certain value: exactly one of the tests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldIs {
    /// The field.
    pub field: Place,
    /// It is this.
    pub equals: Option<Literal>,
    /// It is one of these.
    #[serde(default)]
    pub any_of: Vec<Literal>,
    /// It is a text with these letters in it, in whatever case.
    pub contains: Option<String>,
    /// Whether it is there: neither absent nor null, false, `""`, `[]` or `{}`.
    pub present: Option<bool>,
}

impl FieldIs {
    /// How many tests it has; only one makes sense.
    pub fn tests(&self) -> usize {
        usize::from(self.equals.is_some())
            + usize::from(!self.any_of.is_empty())
            + usize::from(self.contains.is_some())
            + usize::from(self.present.is_some())
    }

    /// The constants it compares with.
    pub fn constants(&self) -> impl Iterator<Item = &Value> {
        self.equals.iter().chain(&self.any_of).map(|literal| &literal.0)
    }
}

/// One value or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Box<[T]>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralVisitor(std::marker::PhantomData))
    }
}

struct SeveralVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralVisitor<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one value, or an array of them")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Several<T>, E> {
        let one = T::deserialize(de::value::StrDeserializer::<E>::new(value))?;
        Ok(Several(Box::new([one])))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
        let one = T::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Several(Box::new([one])))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Several<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = seq.next_element()? {
            all.push(one);
        }
        Ok(Several(all.into()))
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("SeveralOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
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
