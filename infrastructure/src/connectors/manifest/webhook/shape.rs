//! What a delivery says.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{FieldIs, Place};

/// One shape of a body.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventShape {
    /// What the body is.
    pub root: Root,
    /// Only bodies that have this.
    pub when: Option<FieldIs>,
    /// Arrays to go into, one inside the other, until each element is one event; a path found in no element is looked
    /// up in what encloses it.
    #[serde(default)]
    pub each: Vec<Place>,
    /// The remote company; absent for providers without realms.
    pub realm: Option<Pick>,
    /// The entity.
    pub entity: Pick,
    /// The record's id; absent: the entity changed as a whole, and its changes are read.
    pub id: Option<Pick>,
    /// What happened to it.
    pub verb: Pick,
    /// The provider's id of the event; absent means the text of the event stands for it.
    pub dedupe: Option<Pick>,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Root {
    /// A JSON object.
    Object,
    /// A JSON array, each element an event or what encloses some.
    Array,
}

/// A value of an event: exactly one of `at`, `header`, `query` and `value`; then split, stripped and prepended to, in
/// this order.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Where it stands in the event, or in what encloses it.
    pub at: Option<Place>,
    /// The header that has it.
    pub header: Option<String>,
    /// The query parameter that has it.
    pub query: Option<String>,
    /// A constant.
    pub value: Option<String>,
    /// What its text is split at; absent means the whole text.
    pub split: Option<String>,
    /// Which part of it, from 0.
    #[serde(default)]
    pub part: usize,
    /// What is taken away from its beginning, where it is there.
    #[serde(default)]
    pub strip: String,
    /// What is put before it.
    #[serde(default)]
    pub prepend: String,
}
