//! What is only known at run time: a connection's own fields, and reference data.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::fields::{FieldIs, Place};
use super::super::request::Request;

/// How the fields of an entity are found out (custom fields of a connection).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {
    /// The call.
    pub request: Request,
    /// Where the fields stand.
    pub items: Place,
    /// The name of a field. Absent means that `items` is an object whose members are the fields, under their names
    /// (`properties` of a JSON Schema).
    pub name: Option<Place>,
    /// Its label.
    pub label: Option<Place>,
    /// Its type in the provider's words.
    #[serde(rename = "type")]
    pub kind: Option<Place>,
    /// Our types for the provider's words; other words are `any`.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// Which fields are meant; absent means all.
    pub only: Option<FieldIs>,
    /// What stands before the name in a path (`properties.`).
    #[serde(default)]
    pub prefix: String,
}

/// A list of codes and their meaning: fixed, or from a lookup.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its name for people.
    pub label: String,
    /// Codes and their meaning.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The lookup whose elements it lists.
    pub lookup: Option<String>,
    /// Where an element has its code.
    pub value: Option<Place>,
    /// Where an element says what it means.
    pub text: Option<Place>,
}
