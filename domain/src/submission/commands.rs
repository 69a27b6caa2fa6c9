//! What may be asked of a submission.

use chrono::{DateTime, Utc};

use super::events::{Found, Receipt, Refusal, SubmissionRequested};
use crate::ids::CallId;

/// A command to a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmissionCommand {
    /// Takes a request, to be sent soon.
    Request(Box<RequestSubmission>),
    /// Begins a call.
    Begin(BeginSubmission),
    /// Records that the provider took it.
    Confirm {
        /// The call.
        call: CallId,
        /// What shows it.
        receipt: Receipt,
        /// Now.
        at: DateTime<Utc>,
    },
    /// Records that the provider surely did not take it.
    Reject {
        /// Why.
        refusal: Refusal,
        /// Whether the same bytes may be sent again by themselves.
        passing: bool,
        /// Now.
        at: DateTime<Utc>,
    },
    /// Records that nobody knows.
    MarkUnknown {
        /// Why.
        reason: String,
        /// The provider says that one is there already.
        duplicate: Option<Refusal>,
        /// Now.
        at: DateTime<Utc>,
    },
    /// Records what a look-up found.
    Resolve {
        /// What is there.
        found: Found,
        /// How long the provider's answers may lag behind what it took, in milliseconds.
        settle_ms: i64,
        /// Now.
        at: DateTime<Utc>,
    },
}

/// Takes a request.
pub type RequestSubmission = SubmissionRequested;

/// Begins a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeginSubmission {
    /// The call.
    pub call: CallId,
    /// The call is not handed to the socket after this.
    pub send_before: DateTime<Utc>,
    /// From when on the call can no longer be under way.
    pub recover_after: DateTime<Utc>,
}
