//! The row of a sync run.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::{Direction, RunStatus, RunType, TriggeredBy};
use serde_json::Value;

use crate::row::row;

row! {
    /// One execution of a sync.
    SyncRunRow in "sync_runs" version 1 indexed [
        ["integration_id", "completed_at"],
        ["organization_id", "created_at"],
        ["sync_config_id", "created_at"],
    ] {
        /// The run's id.
        id: String,
        /// The organization that owns it.
        organization_id: OrganizationId,
        /// The project.
        project_id: String,
        /// The integration it ran for.
        integration_id: String,
        /// The sync config it ran.
        sync_config_id: String,
        /// The remote company it talked to; `-` for providers without.
        external_realm_id: String,
        /// Its kind: `full`, `incremental`, `manual` or `webhook`.
        sync_type: RunType,
        /// The way it went: `inbound` or `outbound`.
        direction: Direction,
        /// What caused it: `schedule`, `webhook`, `manual`, `system`, `status_change` or `link`.
        triggered_by: TriggeredBy,
        /// The person who asked for it, by opaque id, if one did.
        triggered_by_user_id: Option<String>,
        /// `pending`, `running`, `completed`, `partial`, `failed` or `cancelled`.
        status: RunStatus,
        /// Records looked at.
        records_processed: u64,
        /// Records new on the other side.
        records_created: u64,
        /// Records changed on the other side.
        records_updated: u64,
        /// Records deleted, voided or made inactive.
        records_deleted: u64,
        /// Records refused or impossible.
        records_failed: u64,
        /// Records unchanged, or outside the filter.
        records_skipped: u64,
        /// Records changed on both sides.
        records_conflicted: u64,
        /// Pages done.
        pages: u64,
        /// Where it began; null for the beginning.
        cursor_before: Option<String>,
        /// Where it, or the next incremental run, goes on.
        cursor_after: Option<String>,
        /// The first errors: `class`, `message` and the record's ids.
        errors: Value,
        /// How many errors there were.
        error_count: u64,
        /// The first error's message, or why it was cancelled.
        last_error: Option<String>,
        /// When it started.
        started_at: DateTime<Utc>,
        /// When it ended.
        completed_at: Option<DateTime<Utc>>,
        /// Milliseconds from start to end.
        duration_ms: Option<u64>,
        /// When the log took it.
        created_at: DateTime<Utc>,
        /// When it last changed.
        updated_at: DateTime<Utc>,
    }
}
