//! What happened to a sync run.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::event::variants;
use crate::ids::{IntegrationId, ProjectId, SyncConfigId};
use crate::value::{Direction, ErrorClass, RunStatus, RunType, TriggeredBy};

/// A fact about a sync run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SyncRunEvent {
    /// It was requested, or found its first page.
    RunStarted(RunStarted),
    /// A page is in the log, records and checkpoint.
    PageDone(PageDone),
    /// A person stopped it.
    RunCancelled(RunCancelled),
    /// It is over.
    RunEnded(RunEnded),
    /// A group of real-time work; the only event of its stream.
    RunLogged(Box<RunLogged>),
    /// A poll without result; the only event of its stream.
    RunFoundNothing(RunFoundNothing),
}

variants!(SyncRunEvent { RunStarted, PageDone, RunCancelled, RunEnded, RunFoundNothing } boxed { RunLogged });

/// Errors that a run keeps one by one; the rest is counted.
pub const MAX_ERRORS: usize = 50;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What became of the records of a run. A record is counted once as processed and once by its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records looked at.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub processed: u64,
    /// New on the other side.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub created: u64,
    /// Changed on the other side.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub updated: u64,
    /// Deleted, voided or made inactive.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deleted: u64,
    /// Refused or impossible.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// Unchanged, or outside the filter.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Changed on both sides.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub conflicted: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.processed += other.processed;
        self.created += other.created;
        self.updated += other.updated;
        self.deleted += other.deleted;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.conflicted += other.conflicted;
    }
}

/// Why one record, or the run itself, failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// What can be done about it.
    pub class: ErrorClass,
    /// What happened, in words, without record contents.
    pub message: String,
    /// Our side's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The provider's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<String>,
}

/// A run was requested, or found its first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// The project.
    pub project: ProjectId,
    /// The integration.
    pub integration: IntegrationId,
    /// The config it runs.
    pub config: SyncConfigId,
    /// The way it goes: inbound or outbound.
    pub direction: Direction,
    /// The remote company it talks to.
    pub realm: String,
    /// Its kind.
    pub run_type: RunType,
    /// What caused it.
    pub triggered_by: TriggeredBy,
    /// Where it starts; none for the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageDone {
    /// The cursor it was read with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor_before: Option<String>,
    /// Where the next page begins; after the last one, the next incremental run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor_after: Option<String>,
    /// Whether it is the last page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
    /// What became of its records, as far as is known with the page.
    pub counts: Counts,
    /// Remote ids of records that did not fit the page's unit and were redone one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retried_alone: Vec<String>,
}

/// A person stopped it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCancelled {
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// It is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnded {
    /// How it ended.
    pub status: RunStatus,
    /// What became of its records.
    pub totals: Counts,
    /// The first errors, at most [`MAX_ERRORS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RunError>,
    /// Errors beyond those.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_errors: u64,
    /// Milliseconds from its start.
    pub duration_ms: u64,
    /// Where the next incremental run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A group of real-time work was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLogged {
    /// What was run, and why.
    pub run: RunStarted,
    /// How it ended.
    pub outcome: RunEnded,
}

/// A poll found nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFoundNothing {
    /// The project.
    pub project: ProjectId,
    /// The integration.
    pub integration: IntegrationId,
    /// The config.
    pub config: SyncConfigId,
    /// The way it went.
    pub direction: Direction,
    /// The remote company it talked to.
    pub realm: String,
    /// Where the next incremental run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
