//! Webhooks a provider sends.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::Place;

/// What a provider's webhooks look like.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whose secret signs them.
    pub secret: SecretOf,
    /// How they are signed.
    pub signature: Signature,
    /// Shapes of the body; the first that fits is read.
    pub shapes: Vec<EventShape>,
    /// The provider's words in events for the entities of this manifest (`creditmemo = "CreditMemo"`); what is not
    /// listed is compared without regard to case.
    #[serde(default)]
    pub entities: BTreeMap<String, String>,
    /// The words that say a record is gone.
    #[serde(default)]
    pub deleted: Vec<String>,
}

/// Whose secret signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecretOf {
    /// One for the app, whatever the company.
    App,
    /// One for each connection.
    Integration,
}

/// An HMAC-SHA256 of the raw body in a header.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The header.
    pub header: String,
    /// How the signature is written.
    pub encoding: SignatureEncoding,
    /// What stands before it (`sha256=`).
    #[serde(default)]
    pub prefix: String,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    /// Hexadecimal.
    Hex,
    /// Base64 with padding (RFC 4648, 4).
    Base64,
}

/// One shape of a body.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventShape {
    /// What the body is.
    pub root: Root,
    /// Arrays to go into, one inside the other, until each element is one event; a path found in no element is looked
    /// up in what encloses it.
    #[serde(default)]
    pub each: Vec<Place>,
    /// The remote company; absent for providers without realms.
    pub realm: Option<Pick>,
    /// The entity.
    pub entity: Pick,
    /// The record's id.
    pub id: Pick,
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

/// A value of an event.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Where it stands.
    pub at: Place,
    /// What its text is split at; absent means the whole text.
    pub split: Option<String>,
    /// Which part of it, from 0.
    #[serde(default)]
    pub part: usize,
}
