//! What each event changes in the state. Nothing is decided here.

use super::aggregate::{LocalSide, OpenWrite, RemoteSide, SyncRecord};
use super::events::{Base, Confirmation, Observation, SyncRecordEvent, WriteBegun};
use crate::value::{Operation, Side};

#[expect(clippy::too_many_lines, reason = "table")]
pub(super) fn apply(state: &mut SyncRecord, event: &SyncRecordEvent) {
    use SyncRecordEvent as E;
    match event {
        E::LocalObserved(seen) => {
            state.local =
                Some(LocalSide { version: seen.version, digest: seen.digest, updated_at: seen.updated_at });
            state.mapping = Some(seen.mapping);
            state.error = None;
            revive(state, Side::Local);
        }
        E::RemoteObserved(seen) => {
            state.mapping = Some(seen.mapping);
            observed(state, &seen.seen);
            state.error = None;
            revive(state, Side::Remote);
        }
        E::Linked(linked) => {
            state.remote_id = Some(linked.remote_id.clone());
            state.unlinked = None;
            state.base.clone_from(&linked.base);
            if let Some(base) = &linked.base {
                state.local = Some(LocalSide {
                    version: base.local_version,
                    digest: base.local_digest,
                    updated_at: None,
                });
            }
        }
        E::WriteBegun(begun) => begin(state, begun),
        E::WriteConfirmed(confirmed) => confirm(state, &confirmed.confirmation),
        E::WriteRejected(rejected) => {
            // The provider may remember its refusal under the key: what is tried next goes out under another.
            state.open = None;
            state.last = None;
            state.error = Some(rejected.clone());
        }
        E::OutcomeUnknown(unknown) => {
            if let Some(open) = &mut state.open {
                open.unknown = true;
                open.needs_decision.clone_from(&unknown.needs_decision);
                open.looked_up_at = open.looked_up_at.or(unknown.looked_up_at);
            }
        }
        E::OutcomeResolved(resolved) => match &resolved.confirmed {
            Some(confirmation) => confirm(state, confirmation),
            None => state.write_ended(),
        },
        E::InboundApplied(applied) => {
            state.local = Some(LocalSide {
                version: applied.local_version,
                digest: applied.local_digest,
                updated_at: state.local.as_ref().and_then(|side| side.updated_at),
            });
            if applied.complete {
                // What was refused before is no longer asked for.
                state.error = None;
                in_step(state);
            }
        }
        E::ConflictDetected(conflict) => state.conflict_opened(conflict),
        E::ConflictResolved(resolved) => {
            state.conflict = None;
            state.resolution = Some(resolved.clone());
        }
        E::DependencyAwaited(awaited) => state.waiting.clone_from(&awaited.needs),
        E::Released(_) => state.waiting.clear(),
        E::RetryRequested(_) | E::ErrorDismissed(_) => state.error = None,
        E::LocalDeletionObserved(seen) => {
            state.deleted = Some(Side::Local);
            if let Some(local) = &mut state.local {
                local.version = seen.version;
            }
        }
        E::RemoteDeletionObserved(_) => state.deleted = Some(Side::Remote),
        E::Rebased(rebased) => {
            state.mapping = Some(rebased.mapping);
            state.base.clone_from(&rebased.base);
            if let Some(local) = &mut state.local {
                local.digest = rebased.local_digest;
            }
            if let Some(remote) = &mut state.remote {
                remote.digest = rebased.remote_digest;
            }
        }
        E::Unlinked(unlinked) => state.unlinked = Some(unlinked.reason.clone()),
    }
}

fn observed(state: &mut SyncRecord, seen: &Observation) {
    state.remote = Some(RemoteSide {
        observation: state.sequence,
        digest: seen.digest,
        observed: seen.observed,
        version_token: seen.version_token.clone(),
        updated_at: seen.updated_at,
    });
}

fn begin(state: &mut SyncRecord, begun: &WriteBegun) {
    state.intents = state.intents.max(begun.intent);
    state.waiting.clear();
    state.error = None;
    state.open =
        Some(OpenWrite { begun: begun.clone(), unknown: false, needs_decision: None, looked_up_at: None });
}

/// A confirmed write moves the base to what was sent, as stored, on the observation it was made on.
fn confirm(state: &mut SyncRecord, confirmation: &Confirmation) {
    let open = state.open.take();
    state.remote_id = Some(confirmation.remote_id.clone());
    observed(state, &confirmation.stored);
    state.error = None;
    state.last = None;
    let Some(open) = open else { return };
    match open.begun.operation {
        Operation::Create | Operation::Update => {
            state.base = Some(Base {
                local_version: open.begun.local_version,
                local_digest: open.begun.local_digest,
                through: open.begun.base_observation,
                observation: state.sequence,
                remote_digest: confirmation.stored.digest,
            });
            state.deleted = None;
        }
        Operation::Deactivate | Operation::Void | Operation::Delete => state.deleted = Some(Side::Local),
    }
}

/// Both sides as they are now become the base.
fn in_step(state: &mut SyncRecord) {
    if let (Some(local), Some(remote)) = (&state.local, &state.remote) {
        state.base = Some(Base {
            local_version: local.version,
            local_digest: local.digest,
            through: remote.observation,
            observation: remote.observation,
            remote_digest: remote.digest,
        });
    }
}

fn revive(state: &mut SyncRecord, side: Side) {
    if state.deleted == Some(side) {
        state.deleted = None;
    }
}
