//! The three-way state of one pair of records: numbers, tokens, digests and status, never contents.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commands::SyncRecordCommand;
use super::decide;
use super::error::SyncRecordError;
use super::events::{Base, ConflictDetected, ConflictResolved, SyncRecordEvent, WriteBegun, WriteRejected};
use crate::aggregate::Aggregate;
use crate::claim::ClaimChange;
use crate::digest::Digest;
use crate::stream::{Kind, StreamId};
use crate::sync_config::mapping::{MappingVersion, Need};
use crate::value::{Side, SyncStatus};

/// Our side as last observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalSide {
    /// Version of the local record.
    pub version: u64,
    /// Its digest.
    pub digest: Digest,
    /// When it changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The provider's side as last observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteSide {
    /// Observation number: sequence of the event that carries it.
    pub observation: u64,
    /// Its digest.
    pub digest: Digest,
    /// Digest of the whole record.
    pub observed: Digest,
    /// Token for optimistic locking.
    pub version_token: Option<String>,
    /// When it changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// An intent whose outcome is not recorded or not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenWrite {
    /// The intent.
    pub begun: WriteBegun,
    /// Whether its outcome was marked unknown.
    pub unknown: bool,
    /// Why only a person can tell, when that is so.
    pub needs_decision: Option<String>,
    /// When a look-up found nothing for the first time.
    pub looked_up_at: Option<DateTime<Utc>>,
}

/// An intent whose outcome was unknown and turned out to be "not done": the same bytes go out again under its key, in
/// case it arrives after all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastIntent {
    /// Its number.
    pub intent: u32,
    /// Attempts made.
    pub attempts: u32,
    /// Its body.
    pub body_digest: Digest,
    /// Its key.
    pub key: String,
}

/// One pair of records under one config and realm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncRecord {
    /// Events so far.
    pub sequence: u64,
    /// The provider's id, once linked.
    pub remote_id: Option<String>,
    /// Our side.
    pub local: Option<LocalSide>,
    /// The provider's side.
    pub remote: Option<RemoteSide>,
    /// Both, when they were last in step.
    pub base: Option<Base>,
    /// Mapping the digests were made under.
    pub mapping: Option<MappingVersion>,
    /// Sides that are gone.
    pub deleted: Option<Side>,
    /// No longer kept in step: why.
    pub unlinked: Option<String>,
    /// The write under way.
    pub open: Option<OpenWrite>,
    /// Intents so far.
    pub intents: u32,
    /// The last intent, when its outcome was unknown and turned out to be "not done".
    pub last: Option<LastIntent>,
    /// What it waits for.
    pub waiting: Vec<Need>,
    /// The open conflict.
    pub conflict: Option<ConflictDigests>,
    /// The last decision, while both sides still have the digests it was made for.
    pub resolution: Option<ConflictResolved>,
    /// The last refusal, until something changes.
    pub error: Option<WriteRejected>,
}

/// An open conflict without its contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictDigests {
    /// Our side then.
    pub local_digest: Digest,
    /// The other side then.
    pub remote_digest: Digest,
    /// The side that deleted the record, when one did.
    pub deleted: Option<Side>,
}

impl SyncRecord {
    /// Version of the state's stored shape; a snapshot of another is folded anew.
    pub const SHAPE: u32 = 2;

    /// Whether our side changed since both were in step.
    pub fn local_changed(&self) -> bool {
        match (&self.local, &self.base) {
            (Some(local), Some(base)) => local.digest != base.local_digest,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Whether the provider's side changed since both were in step.
    pub fn remote_changed(&self) -> bool {
        match (&self.remote, &self.base) {
            (Some(remote), Some(base)) => remote.digest != base.remote_digest,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The decision that still holds: nobody changed anything since.
    pub fn standing_resolution(&self) -> Option<&ConflictResolved> {
        let resolution = self.resolution.as_ref()?;
        let local = self.local.as_ref().map(|side| side.digest);
        let remote = self.remote.as_ref().map(|side| side.digest);
        (local == Some(resolution.local_digest) && remote == Some(resolution.remote_digest))
            .then_some(resolution)
    }

    /// The status people see.
    pub fn status(&self) -> SyncStatus {
        if self.unlinked.is_some() {
            return SyncStatus::Unlinked;
        }
        if let Some(open) = &self.open {
            return match (open.unknown, &open.needs_decision) {
                (_, Some(_)) => SyncStatus::NeedsDecision,
                (true, None) => SyncStatus::OutcomeUnknown,
                (false, None) => SyncStatus::PendingOutbound,
            };
        }
        if self.conflict.is_some() {
            SyncStatus::Conflict
        } else if self.deleted.is_some() {
            SyncStatus::Deleted
        } else if self.error.is_some() {
            SyncStatus::Error
        } else if !self.waiting.is_empty() {
            SyncStatus::Waiting
        } else if self.remote_changed() && self.base.is_some() {
            SyncStatus::PendingInbound
        } else if self.local_changed() || self.base.is_none() {
            SyncStatus::PendingOutbound
        } else {
            SyncStatus::Synced
        }
    }

    pub(super) fn write_ended(&mut self) {
        if let Some(open) = self.open.take() {
            self.last = Some(LastIntent {
                intent: open.begun.intent,
                attempts: open.begun.attempt,
                body_digest: open.begun.body_digest,
                key: open.begun.key,
            });
        }
    }

    pub(super) fn conflict_opened(&mut self, event: &ConflictDetected) {
        self.conflict = Some(ConflictDigests {
            local_digest: event.local_digest,
            remote_digest: event.remote_digest,
            deleted: event.deleted,
        });
    }
}

impl Aggregate for SyncRecord {
    const KIND: Kind = Kind::SyncRecord;
    type Command = SyncRecordCommand;
    type Event = SyncRecordEvent;
    type Error = SyncRecordError;

    fn decide(&self, command: SyncRecordCommand) -> Result<Vec<SyncRecordEvent>, SyncRecordError> {
        use SyncRecordCommand as C;
        match command {
            C::ObserveLocal(seen) => Ok(decide::observe::local(self, seen)),
            C::ObserveRemote(seen) => decide::observe::remote(self, seen),
            C::Link { remote_id, by, observed, base } => {
                decide::link::link(self, remote_id, by, observed, base)
            }
            C::BeginWrite(begun) => decide::write::begin(self, *begun),
            C::ConfirmWrite { call, confirmation } => decide::write::confirm(self, call, *confirmation),
            C::RejectWrite(rejected) => decide::write::reject(self, rejected),
            C::MarkOutcomeUnknown { call, reason, needs_decision } => {
                decide::write::unknown(self, call, reason, needs_decision)
            }
            C::NoteLookUp { call, at } => decide::write::looked_up(self, call, at),
            C::ResolveOutcome { call, by, confirmed } => {
                decide::write::resolve(self, call, by, confirmed.map(|known| *known))
            }
            C::ApplyInbound(applied) => decide::observe::applied(self, applied),
            C::DetectConflict(conflict) => Ok(decide::conflict::detect(self, conflict)),
            C::ResolveConflict(resolved) => decide::conflict::resolve(self, resolved),
            C::AwaitDependency { needs, local_version } => {
                decide::wait::await_dependency(self, needs, local_version)
            }
            C::Release => Ok(decide::wait::release(self)),
            C::Retry => decide::wait::retry(self),
            C::DismissError => decide::wait::dismiss(self),
            C::ObserveLocalDeletion { version } => Ok(decide::observe::local_deletion(self, version)),
            C::ObserveRemoteDeletion { updated_at } => decide::observe::remote_deletion(self, updated_at),
            C::Rebase(rebased) => decide::observe::rebase(self, rebased),
            C::Unlink { reason } => decide::link::unlink(self, reason),
        }
    }

    fn apply(&mut self, event: &SyncRecordEvent) {
        self.sequence += 1;
        super::apply::apply(self, event);
    }

    fn claims(&self, stream: &StreamId, event: &SyncRecordEvent) -> Vec<ClaimChange> {
        super::claims::of(self, stream, event)
    }
}
