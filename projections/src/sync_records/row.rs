//! The row of a sync record.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::sync_record::SyncRecord;
use domain::value::{ErrorClass, Operation, Side, SyncStatus};
use serde_json::Value;

use crate::row::{Encoded, row};

row! {
    /// One pair of records, ours and the provider's.
    SyncRecordRow in "sync_records" version 1 indexed [
        ["organization_id", "sync_status"],
        ["sync_config_id", "remote_id"],
    ] {
        /// The record's stream: sync config / realm / local id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The sync config that keeps the pair in step.
        sync_config_id: String,
        /// The remote company; `-` for providers without.
        external_realm_id: String,
        /// Our side's id.
        local_id: String,
        /// The provider's id, once it is linked.
        remote_id: Option<String>,
        /// `synced`, `pending_outbound`, `pending_inbound`, `conflict`, `error`, `waiting`, `outcome_unknown`,
        /// `needs_decision`, `deleted` or `unlinked`.
        sync_status: SyncStatus,
        /// Why it is unlinked, deleted, unknown, or needs a decision.
        reason: Option<String>,
        /// Digest of our side's mapped fields as last seen.
        local_hash: Option<String>,
        /// Digest of the provider's mapped fields as last seen.
        remote_hash: Option<String>,
        /// Version of our record as last seen.
        local_version: Option<u64>,
        /// The provider's token for optimistic locking.
        version_token: Option<String>,
        /// When our record changed.
        local_updated_at: Option<DateTime<Utc>>,
        /// When the provider's record changed.
        remote_updated_at: Option<DateTime<Utc>>,
        /// Number of the mapping the digests were made under.
        mapping_number: Option<u32>,
        /// Number of the lookup tables they were made under.
        lookups_number: Option<u32>,
        /// When the two were linked.
        linked_at: Option<DateTime<Utc>>,
        /// How: `inbound`, `person`, `reference`, `natural_key`, or `write` for a record we created there.
        linked_by: Option<String>,
        /// When both were last in step.
        last_synced_at: Option<DateTime<Utc>>,
        /// What can be done about the last error.
        error_class: Option<ErrorClass>,
        /// The provider's code for it.
        error_code: Option<String>,
        /// The error, in words.
        error_message: Option<String>,
        /// What a person should do about it.
        error_next_step: Option<String>,
        /// When it came.
        error_at: Option<DateTime<Utc>>,
        /// The records it waits for.
        waiting_for: Value,
        /// The conflict it is in: `v_conflicts.id`.
        conflict_id: Option<String>,
        /// The side that is gone: `local` or `remote`.
        deleted_side: Option<Side>,
        /// The call whose outcome is open.
        open_call_id: Option<String>,
        /// What that write does: `create`, `update`, `deactivate`, `void` or `delete`.
        open_operation: Option<Operation>,
        /// Which attempt it is, from 1.
        open_attempt: Option<u32>,
        /// When recovery may start, if no outcome is recorded.
        recover_after: Option<DateTime<Utc>>,
        /// Writes that were begun, repeated attempts not counted.
        writes: u32,
        /// Fields that the provider stored differently from what the last write asked for.
        differences: Value,
        /// When it was first seen.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
        /// The aggregate's state, which the other columns are derived from.
        state: Encoded<SyncRecord>,
    }
}
