//! What happened to one pair of records: ours and the provider's, under one config and realm.
//!
//! Contents of the remote side live only here, as the fields that changed; the state keeps numbers, tokens and digests.

use serde::{Deserialize, Serialize};

pub use super::payload::*;
use crate::event::variants;

/// Everything that can happen to a sync record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SyncRecordEvent {
    /// Our record is at a new version that matters to the mapping.
    LocalObserved(LocalObserved),
    /// The provider's record was seen with other content.
    RemoteObserved(RemoteObserved),
    /// The two belong together from now on.
    Linked(Linked),
    /// A write is about to be sent: the durable intent.
    WriteBegun(WriteBegun),
    /// The provider did it.
    WriteConfirmed(WriteConfirmed),
    /// It was surely not done.
    WriteRejected(WriteRejected),
    /// Nobody knows whether it was done.
    OutcomeUnknown(OutcomeUnknown),
    /// Now we know.
    OutcomeResolved(OutcomeResolved),
    /// Remote changes were written to our record.
    InboundApplied(InboundApplied),
    /// Both sides changed the same thing differently.
    ConflictDetected(ConflictDetected),
    /// Which side wins, by policy or by a person.
    ConflictResolved(ConflictResolved),
    /// It refers to records that are not linked yet.
    DependencyAwaited(DependencyAwaited),
    /// They are now.
    Released(Released),
    /// A person asked for another try.
    RetryRequested(RetryRequested),
    /// A person set the error aside.
    ErrorDismissed(ErrorDismissed),
    /// Our record was deleted.
    LocalDeletionObserved(LocalDeletionObserved),
    /// The provider's record is gone or inactive.
    RemoteDeletionObserved(RemoteDeletionObserved),
    /// The base was restated under a new mapping; nothing counts as a change.
    Rebased(Rebased),
    /// They are no longer kept in step.
    Unlinked(Unlinked),
}

variants!(SyncRecordEvent {
    LocalObserved,
    RemoteObserved,
    Linked,
    WriteBegun,
    WriteConfirmed,
    WriteRejected,
    OutcomeUnknown,
    OutcomeResolved,
    InboundApplied,
    ConflictDetected,
    ConflictResolved,
    DependencyAwaited,
    Released,
    RetryRequested,
    ErrorDismissed,
    LocalDeletionObserved,
    RemoteDeletionObserved,
    Rebased,
    Unlinked,
});
