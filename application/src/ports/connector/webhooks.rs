//! Webhooks: what comes in, what it says, and subscriptions to it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::integration::Verification;

/// A webhook as it came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookCall {
    /// The method (`POST`).
    pub method: String,
    /// Our URL as the provider called it, with its query.
    pub url: String,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
    /// Headers, lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The bytes that were signed.
    pub body: Vec<u8>,
}

/// What a verified webhook wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookTaken {
    /// An answer and nothing else: a handshake.
    Handshake(WebhookAnswer),
    /// Its events are to be stored; then it is answered.
    Events(Vec<WebhookEvent>, WebhookAnswer),
}

/// What a webhook is answered, under status 200.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// Type of the body; empty without one.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// One event of a verified webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The provider's id of the event, else the digest-worthy text of its entry.
    pub dedupe_id: String,
    /// The remote company it is about; `-` without realms.
    pub realm: String,
    /// `<entity>.<verb>` in the provider's words.
    pub event_type: String,
    /// The provider's entity.
    pub entity: String,
    /// The record's id; empty where the entity changed as a whole.
    pub remote_id: String,
    /// Whether it says the record is gone.
    pub deleted: bool,
    /// Whether it says that the connection was revoked.
    pub ended: bool,
}

/// Why a webhook was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRejection {
    /// No signature.
    #[error("the signature is missing")]
    MissingSignature,
    /// The signature is another.
    #[error("the signature does not match")]
    WrongSignature,
    /// No secret is configured to verify with.
    #[error("no webhook secret is configured")]
    NoSecret,
    /// Outside the replay window.
    #[error("the timestamp is too old or in the future")]
    Replayed,
    /// Signed, but not what the manifest describes.
    #[error("the body makes no sense: {0}")]
    Unreadable(String),
    /// The key to verify with cannot be fetched now.
    #[error("the key to verify with cannot be had now: {0}")]
    KeyAway(String),
    /// The provider sends no webhooks.
    #[error("the provider sends no webhooks")]
    Unsupported,
}

/// What is to be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriptions {
    /// The provider's events, one subscription each; a single empty one means one subscription for everything.
    pub events: Vec<String>,
    /// Whether they belong to the app: our URL names no integration, and they outlive a connection.
    pub of_app: bool,
    /// How long before its end a subscription is renewed, in seconds.
    pub renew_before_s: u64,
    /// Whether the provider tells which there are.
    pub listed: bool,
    /// With what its deliveries are verified.
    pub verification: Verification,
}

/// A subscription to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribing {
    /// The provider's event; empty for everything.
    pub event: String,
    /// Our URL.
    pub url: String,
}

/// A subscription that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// The provider's id for it, where it gives one.
    pub id: Option<String>,
    /// When it ends unless it is renewed.
    pub expires_at: Option<DateTime<Utc>>,
}
