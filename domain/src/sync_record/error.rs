//! Why a command to a sync record is refused.

use crate::ids::CallId;
use crate::value::SyncStatus;

/// Refusals of [`super::SyncRecord`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncRecordError {
    /// There is no such pair.
    #[error("there is no such sync record")]
    NotFound,
    /// Linked to another remote record already.
    #[error("the record is linked to `{linked}` already: unlink it first")]
    LinkedElsewhere {
        /// The remote id it is linked to.
        linked: String,
    },
    /// A write is under way.
    #[error("a write is under way: wait for its outcome")]
    WriteOpen,
    /// The outcome belongs to a call that is not open.
    #[error("call {call} is not open for this record")]
    NoSuchCall {
        /// The call.
        call: CallId,
    },
    /// Same key, other bytes.
    #[error("the body changed, so it needs a new intent and a new key")]
    BodyChangedUnderKey,
    /// There is nothing to settle.
    #[error("the record has no open conflict")]
    NoConflict,
    /// It was settled the other way.
    #[error("the conflict was resolved differently already")]
    ResolvedDifferently,
    /// The sides moved on since the decision was made.
    #[error("the record changed since you looked at it: look again")]
    Moved,
    /// The status does not allow it.
    #[error("a record that is {status} cannot be {asked}")]
    NotAllowed {
        /// Its status.
        status: SyncStatus,
        /// What was asked (`retried`).
        asked: &'static str,
    },
}
