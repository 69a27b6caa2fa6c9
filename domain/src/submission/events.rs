//! What happened to a submission.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::event::variants;
use crate::ids::{CallId, OrganizationId};
use crate::value::ErrorClass;

/// A fact about a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmissionEvent {
    /// Somebody asked for it; nothing was sent yet.
    SubmissionRequested(SubmissionRequested),
    /// A call begins: from here on its outcome has to be found out.
    SubmissionBegun(SubmissionBegun),
    /// The provider took it.
    SubmissionConfirmed(SubmissionConfirmed),
    /// The provider surely did not take it.
    SubmissionRejected(SubmissionRejected),
    /// Nobody knows.
    SubmissionOutcomeUnknown(SubmissionOutcomeUnknown),
    /// It was looked for, and not found yet.
    SubmissionLookedUp(SubmissionLookedUp),
    /// It was found out.
    SubmissionResolved(SubmissionResolved),
}

variants!(SubmissionEvent {
    SubmissionRequested,
    SubmissionBegun,
    SubmissionConfirmed,
    SubmissionRejected,
    SubmissionOutcomeUnknown,
    SubmissionLookedUp,
    SubmissionResolved,
});

/// Somebody asked for it; nothing was sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionRequested {
    /// The tenant.
    pub organization: OrganizationId,
    /// The provider.
    pub provider: String,
    /// Digest of the parameters.
    pub parameters_digest: Digest,
    /// Digest of the bytes that will be sent.
    pub body_digest: Digest,
    /// Where the parameters and the bytes lie, sealed.
    pub blob: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A call begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionBegun {
    /// The call.
    pub call: CallId,
    /// Which try of these bytes this is; the first is 1.
    pub attempt: u32,
    /// The call is not handed to the socket after this.
    pub send_before: DateTime<Utc>,
    /// From when on the call can no longer be under way.
    pub recover_after: DateTime<Utc>,
}

/// What shows that it was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Headers of the answer that the manifest keeps.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Where the answer lies, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
}

/// Why it was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What can be done about it.
    pub class: ErrorClass,
    /// The provider's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's words or ours; no secret.
    pub message: String,
}

/// The provider took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionConfirmed {
    /// The call.
    pub call: CallId,
    /// What shows it.
    #[serde(default)]
    pub receipt: Receipt,
    /// When we learned it.
    pub at: DateTime<Utc>,
}

/// The provider surely did not take it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionRejected {
    /// The call; none when it did not come to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Why.
    pub refusal: Refusal,
    /// Whether the same bytes are sent again by themselves.
    #[serde(default)]
    pub again: bool,
    /// When we learned it.
    pub at: DateTime<Utc>,
}

/// Nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionOutcomeUnknown {
    /// The call.
    pub call: CallId,
    /// Why, for people; no secret.
    pub reason: String,
    /// The provider says that one is there already: ours, or another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Refusal>,
    /// When.
    pub at: DateTime<Utc>,
}

/// It was looked for, and not found yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionLookedUp {
    /// The call.
    pub call: CallId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a look-up finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// What we handed in.
    Ours(Receipt),
    /// Something else under the same natural key.
    Another,
    /// Nothing, twice, a settle time apart.
    Nothing,
}

/// It was found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionResolved {
    /// The call.
    pub call: CallId,
    /// What is there.
    pub found: Found,
    /// Whether the same bytes are sent again by themselves.
    #[serde(default)]
    pub again: bool,
    /// When.
    pub at: DateTime<Utc>,
}
