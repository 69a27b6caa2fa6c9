//! What happened to a delivery.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::event::variants;
use crate::ids::{IntegrationId, ProjectId};

/// A fact about a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WebhookDeliveryEvent {
    /// It was verified and stored.
    WebhookReceived(Box<WebhookReceived>),
    /// What it said was done.
    WebhookProcessed(WebhookProcessed),
    /// What it said could not be done.
    WebhookFailed(WebhookFailed),
    /// Nothing is to be done about it.
    WebhookIgnored(WebhookIgnored),
    /// A person wants it processed again.
    WebhookReplayed(WebhookReplayed),
}

variants!(WebhookDeliveryEvent { WebhookProcessed, WebhookFailed, WebhookIgnored, WebhookReplayed } boxed {
    WebhookReceived,
});

/// Where a delivery's body lies, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Keyed digest of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub length: u64,
    /// Its address in the blob store, which keeps it for a while only.
    pub blob: String,
}

/// It was verified and stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookReceived {
    /// The project.
    pub project: ProjectId,
    /// The integration it is for.
    pub integration: IntegrationId,
    /// The provider's key.
    pub provider: String,
    /// The remote company it is about.
    pub realm: String,
    /// What it says: `<entity>.<verb>`, or the provider's own word.
    pub event_type: String,
    /// The provider's event id, else the digest of this entry.
    pub dedupe_id: String,
    /// Headers worth keeping; never one that authenticates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub body: Body,
    /// The provider's entity it is about, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The record it is about, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<String>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// What it said was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookProcessed {}

/// What it said could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookFailed {
    /// Why.
    pub reason: String,
    /// Which attempt this was, from 1.
    pub attempt: u32,
}

/// Nothing is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookIgnored {
    /// Why: the integration is disabled, or no config wants it.
    pub reason: String,
}

/// A person wants it processed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookReplayed {}
