//! How records are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::context::Json;
use super::fields::Place;
use super::request::Request;
use super::template::Template;

/// A write. Its idempotency key goes where `{key}` stands in the request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Write {
    /// The call; the method of a write is never `GET`.
    pub request: Request,
    /// What the body is made of.
    #[serde(default)]
    pub sends: Sends,
    /// Members of the body, by their place: constants, or text with holes (`Id = "{id}"`). They replace what is there.
    #[serde(default)]
    pub set: BTreeMap<String, Member>,
    /// Members added where the record has none (`"IncomeAccountRef.value" = "{setting.income_account}"`).
    #[serde(default)]
    pub defaults: BTreeMap<String, Member>,
    /// Where the record stands in the answer; absent means the answer is the record.
    pub record: Option<Place>,
    /// Whether the answer shows the record as it is now.
    #[serde(default = "yes")]
    pub answers_record: bool,
    /// `update` only: whether the body may hold changed fields alone.
    #[serde(default)]
    pub sparse: bool,
}

fn yes() -> bool {
    true
}

/// What a body is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sends {
    /// The record's fields, and the members of `set`.
    #[default]
    Fields,
    /// The members of `set` alone.
    Set,
    /// No body.
    Nothing,
}

/// A member of a body.
#[derive(Clone, Debug)]
pub enum Member {
    /// A constant.
    Constant(Value),
    /// Text with holes; a write that has no value for one is refused.
    Text(Template<Json>),
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

impl Visitor<'_> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text with holes, a whole number, true or false")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Member, E> {
        Ok(Member::Constant(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Member, E> {
        Ok(Member::Constant(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Member, E> {
        Template::parse(value).map(Member::Text).map_err(E::custom)
    }
}

impl JsonSchema for Member {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Member".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "integer", "boolean"] })
    }
}
