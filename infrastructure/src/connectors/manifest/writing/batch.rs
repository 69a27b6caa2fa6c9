//! Several writes in one call.

use std::collections::BTreeMap;

use domain::value::Operation;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::super::fields::{FieldIs, Place};
use super::super::request::{Request, Tree};

/// A batch call: items out, answers back. Of the whole provider (`[batch]`, with `verbs`), or of one write
/// (`[entities.<Name>.create.batch]`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The call; members of its body stand beside the items.
    pub request: Request,
    /// Most writes in one call.
    pub max: u32,
    /// Most characters of its idempotency key, which is a digest of its items' keys: 8 to 43.
    #[serde(default = "whole_digest")]
    pub key_length: usize,
    /// Member of the body that holds the items (`BatchItemRequest`); absent means that the body is the array.
    pub items: Option<String>,
    /// What an item looks like; absent means the record, or with `verbs` the record under the entity's name.
    pub item: Option<Tree>,
    /// Where the answers stand (`BatchItemResponse`).
    pub answers: Place,
    /// Member that tells items apart, in both directions (`bId`); absent means that answers come in the order of items.
    pub item_id: Option<String>,
    /// What that member says; absent means the item's number, from "1", which is added to the item.
    pub item_value: Option<Tree>,
    /// How an answer says that its item failed; absent means by the `error` of `[answers]`.
    pub failed: Option<FieldIs>,
    /// The code in a failed answer; absent means that of `[answers]`.
    pub code: Option<Place>,
    /// The words in a failed answer; absent means those of `[answers]`.
    pub message: Option<Place>,
    /// Failures that stand apart from the answers.
    pub errors: Option<Apart>,
    /// Where the record stands in an answer; absent means the answer is the record, with `verbs` under the entity's name.
    pub record: Option<Place>,
    /// Where the id stands in an answer that does not show the record.
    pub id: Option<Place>,
    /// Member that says what an item does (`operation`).
    pub operation: Option<String>,
    /// The provider's words for the operations that a batch can carry.
    #[serde(default, deserialize_with = "verbs")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub verbs: BTreeMap<Operation, String>,
}

/// Failures that stand apart from the answers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// Where they stand.
    pub items: Place,
    /// What tells which item is meant.
    pub item_id: Place,
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
