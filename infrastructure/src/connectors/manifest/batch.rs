//! Several writes in one call.

use std::collections::BTreeMap;

use domain::value::Operation;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::fields::Place;
use super::request::Request;

/// A batch call: an array of items out, an array of answers back, matched by the item's number.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The call.
    pub request: Request,
    /// Most writes in one call.
    pub max: u32,
    /// Most characters of its idempotency key, which is a digest of its items' keys: 8 to 43.
    #[serde(default = "whole_digest")]
    pub key_length: usize,
    /// Member of the body that holds the items (`BatchItemRequest`).
    pub items: String,
    /// Where the answers stand (`BatchItemResponse`).
    pub answers: Place,
    /// Member that numbers an item, from "1", in both directions (`bId`).
    pub item_id: String,
    /// Member that says what an item does (`operation`).
    pub operation: String,
    /// The provider's words for the operations that a batch can carry; the record stands under the entity's name.
    #[serde(deserialize_with = "verbs")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub verbs: BTreeMap<Operation, String>,
}

fn whole_digest() -> usize {
    43
}

fn verbs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Operation, String>, D::Error> {
    let words = BTreeMap::<String, String>::deserialize(deserializer)?;
    words
        .into_iter()
        .map(|(word, verb)| Operation::parse(&word).map(|operation| (operation, verb)))
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}
