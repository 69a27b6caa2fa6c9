//! How a provider spells the values of a field, where that is not the plain form.

use std::borrow::Cow;
use std::fmt;

use domain::catalogue::FieldType;
use schemars::JsonSchema;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How a provider spells a value. Everything outside the interpreter sees the plain form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// A whole number of the currency's smallest unit; plain: a decimal.
    MinorUnits,
    /// Seconds since 1970; plain: RFC 3339, or a day.
    Epoch,
    /// Milliseconds since 1970; plain: RFC 3339, or a day.
    EpochMs,
    /// `/Date(1775692800000+0000)/`, sent as `YYYY-MM-DD` or RFC 3339; plain: the same.
    MsDate,
    /// A moment in any usual spelling (`2013-05-07T22:07:19.000+0000`), sent as RFC 3339 with `Z`; plain: the same. Of a
    /// `date` (`2026-01-31T00:00:00Z`) the day, which is sent alone.
    BasicOffset,
    /// `2026-01-01T00:00:00` in UTC without a zone; plain: RFC 3339.
    Local,
    /// A number or truth value as text; plain: the number or truth value.
    Text,
    /// `T` or `F`; plain: a truth value.
    TF,
    /// In lower case; plain: in upper case (`usd`).
    Upper,
    /// An array whose elements are told apart by the member `key` (`[{ "PhoneType": "MOBILE", … }]`); plain: an object of
    /// them by that member (`Phones.MOBILE.PhoneNumber`).
    Keyed,
    /// A text behind the text `key` (`headwater-C-1`); plain: what stands behind it. A text without it is somebody else's,
    /// and is null: for a field that carries our reference, and that others use too.
    Prefixed,
    /// An object whose member `key` says what it is (`{ "type": "Vendor", "value": "7" }`); plain: an object with that word
    /// as its one member (`EntityRef.Vendor.value`), so that each kind can be mapped by itself.
    Tagged,
    /// An object whose member `key` names another of its members, where the rest stands
    /// (`{ "DetailType": "ByItem", "ByItem": { "Qty": 1 } }`); plain: that member is called `Detail` (`Line[*].Detail.Qty`), so
    /// that what the kinds have in common is mapped once.
    Detailed,
}

/// A field: its type, and how the provider spells its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The type (`text`, `money`, `reference:customer` …), as written.
    pub kind: Box<str>,
    /// The provider's spelling, where it is not the plain one.
    pub spelling: Option<Spelling>,
    /// `minor_units`: where the record has the currency's code, or the code itself behind `=` (`=GBP`).
    pub currency: Option<Box<str>>,
    /// `keyed`: the member by which the elements of the array are told apart; `tagged`, `detailed`: the one that
    /// says what the object is; `prefixed`: what stands before the text.
    pub key: Option<Box<str>>,
}

impl Field {
    /// Its type.
    pub fn parsed(&self) -> Result<FieldType, String> {
        FieldType::parse(&self.kind).map_err(|error| error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "type")]
    kind: Box<str>,
    #[serde(rename = "as")]
    spelling: Option<Spelling>,
    currency: Option<Box<str>>,
    key: Option<Box<str>>,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type, or { type = \"money\", as = \"minor_units\", currency = \"currency\" }")
    }

    fn visit_str<E: de::Error>(self, kind: &str) -> Result<Field, E> {
        Ok(Field { kind: kind.into(), spelling: None, currency: None, key: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
        let Written { kind, spelling, currency, key } =
            Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Field { kind, spelling, currency, key })
    }
}

impl JsonSchema for Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let spelling = generator.subschema_for::<Spelling>();
        schemars::json_schema!({
            "description": "A type (text, integer, decimal, money, boolean, date, date_time, array, object, any, reference:<entity>), or a table with the type and the provider's spelling.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "type": { "type": "string" }, "as": spelling, "currency": { "type": "string" }, "key": { "type": "string" }
                    },
                    "required": ["type"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
