//! The row of a webhook delivery.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::DeliveryStatus;
use serde_json::Value;

use crate::row::row;

row! {
    /// A verified delivery of a provider.
    WebhookEventRow in "webhook_events" version 1 indexed [
        ["status"],
        ["received_at"],
        ["integration_id", "received_at"],
    ] {
        /// The delivery's stream: integration / dedupe id.
        id: String,
        /// The organization that owns the integration.
        organization_id: OrganizationId,
        /// The project.
        project_id: String,
        /// The integration it is for.
        integration_id: String,
        /// The provider's key.
        provider: String,
        /// The remote company it is about.
        external_realm_id: String,
        /// What it says: `<entity>.<verb>`, or the provider's own word.
        event_type: String,
        /// The provider's event id, else the digest of this entry.
        dedupe_id: String,
        /// The provider's entity it is about, where it says.
        remote_entity: Option<String>,
        /// The record it is about, where it says.
        remote_id: Option<String>,
        /// Headers worth keeping; never one that authenticates.
        headers: Value,
        /// Keyed digest of the body, which is kept outside the log for a while only.
        body_digest: String,
        /// The body's length in bytes.
        body_length: u64,
        /// `pending`, `processed`, `failed` or `ignored`.
        status: DeliveryStatus,
        /// Why the last attempt failed, or why it is ignored.
        error_message: Option<String>,
        /// Attempts that failed since it came in or was replayed.
        retry_count: u32,
        /// When it came in.
        received_at: DateTime<Utc>,
        /// When what it said was done.
        processed_at: Option<DateTime<Utc>>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
    }
}
