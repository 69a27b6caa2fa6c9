//! What each event of a sync record carries.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::fields::Fields;
use crate::ids::CallId;
use crate::sync_config::mapping::{MappingVersion, Need};
use crate::sync_record::difference::Collision;
use crate::sync_record::resolution::Decision;
use crate::value::{ErrorClass, Operation, Side, Strategy};

/// Our record as the mapping sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalObserved {
    /// Version (sequence) of the local record.
    pub version: u64,
    /// Digest of the fields that mappings read or write.
    pub digest: Digest,
    /// When our side says it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
    /// Mapping the digest was made under.
    pub mapping: MappingVersion,
}

/// What a look at the provider's record showed. Its place in the stream is its observation number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Top-level fields that differ from the last observation; all of them at the first.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub changed: Fields,
    /// Fields no longer there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Digest of the fields that mappings read or write.
    pub digest: Digest,
    /// Digest of the whole record without volatile fields; its first 16 bytes tag the remote-id claim.
    pub observed: Digest,
    /// Token for optimistic locking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_token: Option<String>,
    /// When the provider says it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
}

/// The provider's record was seen with other content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteObserved {
    /// Its id.
    pub remote_id: String,
    /// What was seen.
    pub seen: Observation,
    /// The call of ours that caused it, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Mapping the digest was made under.
    pub mapping: MappingVersion,
}

/// How two records came to belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkedBy {
    /// Our record was made from the provider's.
    Inbound,
    /// A person or API client said so.
    Person,
    /// The remote record carries our reference.
    Reference,
    /// Both have the same natural key.
    NaturalKey,
}

/// The two belong together from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Linked {
    /// The provider's id.
    pub remote_id: String,
    /// Why.
    pub by: LinkedBy,
    /// Digest of the whole remote record, when it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Digest>,
    /// When both sides are in step already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// What both sides were when they were last in step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Base {
    /// Version of our record.
    pub local_version: u64,
    /// Its digest.
    pub local_digest: Digest,
    /// The remote content is that of the observations up to this number …
    pub through: u64,
    /// … plus what this one, a confirmed write, carries; equal to `through` when there is none.
    pub observation: u64,
    /// The remote digest.
    pub remote_digest: Digest,
}

/// A write is about to be sent. Durable before the first byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteBegun {
    /// Number of the intent; a repeated attempt with the same bytes keeps it.
    pub intent: u32,
    /// Which attempt with these bytes, from 1.
    pub attempt: u32,
    /// The call it goes out in.
    pub call: CallId,
    /// Its item in the call.
    pub item: String,
    /// What it does.
    pub operation: Operation,
    /// Idempotency key.
    pub key: String,
    /// Our reference, carried by the body where the provider has room for it.
    pub reference: String,
    /// Keyed digest of the body.
    pub body_digest: Digest,
    /// Never handed to the socket after this.
    pub send_before: DateTime<Utc>,
    /// When recovery may start if no outcome is recorded.
    pub recover_after: DateTime<Utc>,
    /// Version of our record the body was made of.
    pub local_version: u64,
    /// Its digest.
    pub local_digest: Digest,
    /// Observation the body was made on; 0 for a create.
    pub base_observation: u64,
    /// Mapping the body was made with.
    pub mapping: MappingVersion,
    /// Values that lookups and references gave.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub used: Fields,
    /// Where the exact bytes lie.
    pub blob: String,
    /// The open-write claim it takes, hex.
    pub claim: String,
    /// The provider's clock as last seen before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_time: Option<DateTime<Utc>>,
}

/// What the provider stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The record's id.
    pub remote_id: String,
    /// The fields we sent, as stored, and the digests of the record with them.
    pub stored: Observation,
    /// The answer had no body: what we asked for is assumed, the next read corrects it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assumed: bool,
    /// Fields that the provider stored differently from what was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}

/// The provider did it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteConfirmed {
    /// The call.
    pub call: CallId,
    /// What is there now.
    pub confirmation: Confirmation,
}

/// It was surely not done, or could not even be said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteRejected {
    /// The call; `None` when no body could be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// What can be done about it.
    pub class: ErrorClass,
    /// The provider's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For people; never a secret.
    pub message: String,
    /// What a person should do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// Version of our record that was refused.
    pub local_version: u64,
}

/// Nobody knows whether it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeUnknown {
    /// The call.
    pub call: CallId,
    /// Why.
    pub reason: String,
    /// Set when only a person can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_decision: Option<String>,
    /// When a look-up found nothing; only a second one, a settle time later, means that it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_up_at: Option<DateTime<Utc>>,
}

/// How an unknown outcome became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolvedBy {
    /// The same bytes were sent again under a key the provider remembers.
    Key,
    /// It was looked up.
    LookUp,
    /// A page or webhook showed it first.
    Observation,
    /// A person knew.
    Person,
}

/// Now we know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeResolved {
    /// The call.
    pub call: CallId,
    /// How.
    pub by: ResolvedBy,
    /// What the provider has; `None`: it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Confirmation>,
}

/// Remote changes were written to our record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundApplied {
    /// The observation that was applied.
    pub observation: u64,
    /// Version of our record afterwards.
    pub local_version: u64,
    /// Its digest.
    pub local_digest: Digest,
    /// Whether both sides are in step now; otherwise changes of ours are left to send and the base stays.
    pub complete: bool,
}

/// Both sides changed the same thing differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictDetected {
    /// What collides, with base and both values.
    pub collisions: Vec<Collision>,
    /// Digest of our side then.
    pub local_digest: Digest,
    /// Digest of the other side then.
    pub remote_digest: Digest,
    /// The strategy in force.
    pub strategy: Strategy,
    /// The side that deleted the record, when one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Side>,
}

/// Which side wins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictResolved {
    /// Whether a person decided.
    pub by_person: bool,
    /// Each decision with its inputs and what was discarded.
    pub decisions: Vec<Decision>,
    /// Units to send.
    pub push: Vec<String>,
    /// Units to take.
    pub pull: Vec<String>,
    /// Values that a person gave, in our terms, by unit.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub given: Fields,
    /// Holds while our side has this digest …
    pub local_digest: Digest,
    /// … and the other this one.
    pub remote_digest: Digest,
    /// For a deletion against a change: the side that wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Side>,
}

/// It refers to records that are not linked yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DependencyAwaited {
    /// The records it waits for.
    pub needs: Vec<Need>,
    /// Version of our record that waits.
    pub local_version: u64,
}

/// What it waited for is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Released {}

/// A person asked for another try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetryRequested {}

/// A person set the error aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorDismissed {}

/// Our record was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalDeletionObserved {
    /// Version of our record.
    pub version: u64,
}

/// The provider's record is gone or inactive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteDeletionObserved {
    /// When the provider says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
}

/// The digests restated under a new mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rebased {
    /// The mapping.
    pub mapping: MappingVersion,
    /// Digest of our side now.
    pub local_digest: Digest,
    /// Digest of the other side now.
    pub remote_digest: Digest,
    /// Digests of the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// They are no longer kept in step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unlinked {
    /// Why.
    pub reason: String,
}
