//! What happened to a local record.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::variants;
use crate::fields::Fields;
use crate::ids::SyncConfigId;

/// A fact about a local record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LocalRecordEvent {
    /// Created or changed.
    Put(Put),
    /// Deleted; a later put continues the stream.
    Deleted(Deleted),
    /// Contents erased for good.
    Erased(Erased),
}

variants!(LocalRecordEvent { Put, Deleted, Erased });

/// Where a change of a local record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An API client.
    Client,
    /// A file.
    Import,
    /// A provider's record.
    Inbound {
        /// The config it was mapped under.
        config: SyncConfigId,
    },
}

/// The record was created or changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Put {
    /// Whether it did not exist, or was deleted, before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub created: bool,
    /// The changed top-level fields with their whole new values; all fields when created.
    pub fields: Fields,
    /// The fields that were cleared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
    /// Where the change comes from.
    pub source: Source,
    /// When it changed in the sender's own books, if the sender said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
}

/// The record was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    /// Where the deletion comes from.
    pub source: Source,
}

/// The record's contents were erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Erased {
    /// The erasure request, by opaque id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
