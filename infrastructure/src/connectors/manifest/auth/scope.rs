//! Scopes, and when they end.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::day::day;

/// A scope: its name, or a table with its name and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// As the provider spells it.
    pub name: String,
    /// From this day on the provider takes it no longer.
    pub until: Option<NaiveDate>,
    /// What takes its place.
    pub replacement: Option<String>,
    /// Whether a new connection asks for it; one that is only granted to older connections is not asked for.
    pub ask: bool,
}

impl Scope {
    /// Whether a new connection asks for it on `day`.
    pub fn asked_on(&self, day: NaiveDate) -> bool {
        self.ask && self.until.is_none_or(|until| day < until)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Described {
    /// As the provider spells it.
    name: String,
    /// From this day on the provider takes it no longer, as `"2027-09-01"`.
    #[serde(default, deserialize_with = "day")]
    #[schemars(with = "Option<String>")]
    until: Option<NaiveDate>,
    /// What takes its place.
    replacement: Option<String>,
    /// Whether a new connection asks for it.
    #[serde(default = "yes")]
    ask: bool,
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScopeVisitor)
    }
}

struct ScopeVisitor;

impl<'de> Visitor<'de> for ScopeVisitor {
    type Value = Scope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scope's name, or { name = \"…\", until = \"2027-09-01\", replacement = \"…\" }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Scope, E> {
        Ok(Scope { name: name.to_owned(), until: None, replacement: None, ask: true })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scope, A::Error> {
        let Described { name, until, replacement, ask } =
            Described::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Scope { name, until, replacement, ask })
    }
}

impl JsonSchema for Scope {
    fn schema_name() -> Cow<'static, str> {
        "Scope".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let described = generator.subschema_for::<Described>();
        schemars::json_schema!({ "anyOf": [{ "type": "string" }, described] })
    }
}
