//! The row of a conflict.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::{Side, Strategy};
use serde_json::Value;

use crate::row::row;

row! {
    /// A collision of both sides' changes.
    ConflictRow in "conflicts" version 1 indexed [
        ["organization_id", "detected_at"],
        ["sync_record_id"],
    ] {
        /// The conflict's id: the sync record and what both sides were.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The sync record it is about.
        sync_record_id: String,
        /// Its sync config.
        sync_config_id: String,
        /// The remote company; `-` for providers without.
        external_realm_id: String,
        /// Our side's id.
        local_id: String,
        /// Whether it was settled.
        resolved: bool,
        /// The strategy in force when it was found.
        strategy: Strategy,
        /// The side that deleted the record, when one did.
        deleted_side: Option<Side>,
        /// What collides: each with the base and both values.
        collisions: Value,
        /// Digest of our side then.
        local_hash: String,
        /// Digest of the provider's side then.
        remote_hash: String,
        /// Each decision with its inputs and what was discarded.
        decisions: Value,
        /// What is sent to the provider.
        push: Value,
        /// What is taken from the provider.
        pull: Value,
        /// Values that a person gave, in our terms.
        given: Value,
        /// For a deletion against a change: the side that won.
        winner: Option<Side>,
        /// Whether a person decided.
        resolved_by_person: Option<bool>,
        /// Who decided: `user:…`, `api_key:…` or `system:…`.
        resolved_by: Option<String>,
        /// When it was found.
        detected_at: DateTime<Utc>,
        /// When it was settled.
        resolved_at: Option<DateTime<Utc>>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
    }
}
