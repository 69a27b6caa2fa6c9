//! Writes: what is asked, the exact bytes, and what became of them.

use std::time::Duration;

use domain::fields::Fields;
use domain::value::{ErrorClass, Operation};
use serde::{Deserialize, Serialize};

use super::RemoteRecord;

/// What to look for after an unknown outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// The remote id.
    Id(String),
    /// What carries our reference.
    Reference(String),
    /// What has this natural key.
    NaturalKey(String),
}

/// One write to prepare.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteRequest {
    /// Names the item in its call.
    pub item: String,
    /// What to do.
    pub operation: Operation,
    /// The remote id, unless it is a create.
    pub remote_id: Option<String>,
    /// The body, in remote terms.
    pub body: Fields,
    /// The version the body was made for.
    pub version_token: Option<String>,
    /// Idempotency key.
    pub key: String,
    /// Our reference, carried where the manifest says.
    pub reference: String,
}

/// A call as it will go out, byte for byte, but for the credentials. Kept sealed until every item is resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedCall {
    /// HTTP method.
    pub method: String,
    /// Path and query below the base URL.
    pub path: String,
    /// Headers without credentials.
    pub headers: Vec<(String, String)>,
    /// Body as sent.
    pub body: String,
    /// The provider's entity.
    pub entity: String,
    /// What it does; the answer is read accordingly.
    pub operation: Operation,
    /// Items, in order.
    pub items: Vec<String>,
    /// Whether it is a batch call, whose answer has an outcome per item.
    pub batch: bool,
    /// What is known of each item beyond its name, in the order of `items`.
    #[serde(default)]
    pub facts: Vec<ItemFacts>,
    /// Further limits of the provider that it counts against.
    #[serde(default)]
    pub limits: Vec<String>,
    /// The method it is authenticated by, where that is not the connection's own.
    #[serde(default)]
    pub auth: Option<String>,
}

/// What is known of one item of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFacts {
    /// The remote id, unless it is a create.
    pub id: Option<String>,
    /// The version the write was made for.
    pub version_token: Option<String>,
    /// What tells the item in the answer of a batch.
    pub mark: String,
}

/// What became of one item of a call.
#[derive(Clone, Debug)]
pub enum WriteOutcome {
    /// Done; the record when the answer shows it.
    Confirmed {
        /// The record as stored.
        record: Option<RemoteRecord>,
    },
    /// Surely not done.
    Rejected(CallError),
    /// Nobody knows.
    Unknown {
        /// Why, for people; no secret.
        reason: String,
    },
}

/// A call that did not do its work, and surely had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{class}: {message}")]
pub struct CallError {
    /// What can be done about it.
    pub class: ErrorClass,
    /// The provider's own code.
    pub code: Option<String>,
    /// The provider's words or ours; never a secret, at most 500 characters.
    pub message: String,
    /// What a person should do next, from the manifest.
    pub next_step: Option<String>,
    /// How long the provider asks us to wait.
    pub retry_after: Option<Duration>,
}
