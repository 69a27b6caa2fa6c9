//! What may be asked of a sync record. The engine computes contents and digests; the aggregate decides what they mean.

use chrono::{DateTime, Utc};

use super::events::{
    Base, Confirmation, ConflictDetected, ConflictResolved, InboundApplied, LinkedBy, LocalObserved, Rebased,
    RemoteObserved, ResolvedBy, WriteBegun, WriteRejected,
};
use crate::digest::Digest;
use crate::ids::CallId;
use crate::sync_config::mapping::Need;

/// Commands of [`super::SyncRecord`].
#[derive(Clone, Debug, PartialEq)]
pub enum SyncRecordCommand {
    /// Our record is at this version.
    ObserveLocal(LocalObserved),
    /// The provider's record was seen.
    ObserveRemote(RemoteObserved),
    /// Link the two.
    Link {
        /// The provider's id.
        remote_id: String,
        /// Why.
        by: LinkedBy,
        /// Digest of the whole remote record, when seen.
        observed: Option<Digest>,
        /// When both are in step already.
        base: Option<Base>,
    },
    /// A write is about to be sent.
    BeginWrite(Box<WriteBegun>),
    /// The provider did it.
    ConfirmWrite {
        /// The call.
        call: CallId,
        /// What is there now.
        confirmation: Box<Confirmation>,
    },
    /// It was surely not done, or no body could be made.
    RejectWrite(WriteRejected),
    /// Nobody knows.
    MarkOutcomeUnknown {
        /// The call.
        call: CallId,
        /// Why.
        reason: String,
        /// When only a person can tell: why.
        needs_decision: Option<String>,
    },
    /// A look-up found nothing, for the first time.
    NoteLookUp {
        /// The call.
        call: CallId,
        /// When it was made.
        at: DateTime<Utc>,
    },
    /// Now we know.
    ResolveOutcome {
        /// The call.
        call: CallId,
        /// How.
        by: ResolvedBy,
        /// What the provider has; `None`: it was not done.
        confirmed: Option<Box<Confirmation>>,
    },
    /// Remote changes were written to our record.
    ApplyInbound(InboundApplied),
    /// Both sides changed the same thing differently.
    DetectConflict(ConflictDetected),
    /// Which side wins.
    ResolveConflict(ConflictResolved),
    /// Wait for other records.
    AwaitDependency {
        /// Which.
        needs: Vec<Need>,
        /// Version of our record that waits.
        local_version: u64,
    },
    /// What it waited for is there.
    Release,
    /// Try again.
    Retry,
    /// Set the error aside.
    DismissError,
    /// Our record was deleted.
    ObserveLocalDeletion {
        /// Version of our record.
        version: u64,
    },
    /// The provider's record is gone or inactive.
    ObserveRemoteDeletion {
        /// When the provider says so.
        updated_at: Option<DateTime<Utc>>,
    },
    /// Restate the digests under a new mapping.
    Rebase(Rebased),
    /// No longer keep them in step.
    Unlink {
        /// Why.
        reason: String,
    },
}
