//! Which claims a sync record's events take and release.

use super::aggregate::SyncRecord;
use super::events::{Confirmation, SyncRecordEvent};
use crate::claim::{ClaimChange, ClaimKey};
use crate::digest::Tag;
use crate::stream::{StreamId, SyncRecordKey};

pub(super) fn of(state: &SyncRecord, stream: &StreamId, event: &SyncRecordEvent) -> Vec<ClaimChange> {
    use SyncRecordEvent as E;
    let none = match event {
        E::RemoteObserved(seen) => state.remote_id.as_deref() != Some(&seen.remote_id),
        E::LocalObserved(_) | E::InboundApplied(_) => true,
        _ => false,
    };
    if none {
        return Vec::new();
    }
    let Some(key) = SyncRecordKey::parse(stream) else { return Vec::new() };
    match event {
        E::Linked(linked) => {
            remote_id(state, &key, &linked.remote_id, linked.observed.map(|seen| seen.tag()))
        }
        E::RemoteObserved(seen) => remote_id(state, &key, &seen.remote_id, Some(seen.seen.observed.tag())),
        E::WriteBegun(begun) => match hex::decode(&begun.claim) {
            Ok(bytes) => vec![ClaimChange::Take { key: ClaimKey(bytes), tag: None }],
            Err(_) => Vec::new(),
        },
        E::WriteConfirmed(done) => ended(state, &key, Some(&done.confirmation)),
        E::OutcomeResolved(known) => ended(state, &key, known.confirmed.as_ref()),
        E::WriteRejected(_) => ended(state, &key, None),
        _ => Vec::new(),
    }
}

fn ended(state: &SyncRecord, key: &SyncRecordKey, confirmation: Option<&Confirmation>) -> Vec<ClaimChange> {
    let mut changes = Vec::new();
    if let Some(bytes) = state.open.as_ref().and_then(|open| hex::decode(&open.begun.claim).ok()) {
        changes.push(ClaimChange::Release { key: ClaimKey(bytes) });
    }
    if let Some(done) = confirmation {
        changes.extend(remote_id(state, key, &done.remote_id, Some(done.stored.observed.tag())));
    }
    changes
}

/// The claim moves with the remote id; a re-create gives the old one back.
fn remote_id(state: &SyncRecord, key: &SyncRecordKey, id: &str, tag: Option<Tag>) -> Vec<ClaimChange> {
    let claim = |id: &str| ClaimKey::remote_id(key.config, &key.realm, id);
    match &state.remote_id {
        Some(held) if held == id => {
            tag.map(|tag| ClaimChange::Retag { key: claim(id), tag }).into_iter().collect()
        }
        Some(held) => {
            vec![ClaimChange::Release { key: claim(held) }, ClaimChange::Take { key: claim(id), tag }]
        }
        None => vec![ClaimChange::Take { key: claim(id), tag }],
    }
}
