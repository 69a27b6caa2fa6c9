//! What is seen on either side.

use chrono::{DateTime, Utc};

use crate::sync_record::aggregate::SyncRecord;
use crate::sync_record::error::SyncRecordError;
use crate::sync_record::events::{
    InboundApplied, LocalDeletionObserved, LocalObserved, Rebased, RemoteDeletionObserved, RemoteObserved,
    SyncRecordEvent,
};
use crate::value::Side;

type Decision = Result<Vec<SyncRecordEvent>, SyncRecordError>;

/// A version the mapping has seen, or one that says the same to it, is no event.
pub(in crate::sync_record) fn local(state: &SyncRecord, seen: LocalObserved) -> Vec<SyncRecordEvent> {
    let same = state.local.as_ref().is_some_and(|local| {
        seen.version <= local.version || (seen.digest == local.digest && state.mapping == Some(seen.mapping))
    });
    if same && state.deleted != Some(Side::Local) {
        return Vec::new();
    }
    vec![SyncRecordEvent::LocalObserved(seen)]
}

/// Content seen before is no event.
pub(in crate::sync_record) fn remote(state: &SyncRecord, seen: RemoteObserved) -> Decision {
    if let Some(linked) = &state.remote_id
        && *linked != seen.remote_id
    {
        return Err(SyncRecordError::LinkedElsewhere { linked: linked.clone() });
    }
    let known = state.remote.as_ref().is_some_and(|remote| {
        remote.observed == seen.seen.observed
            && remote.version_token == seen.seen.version_token
            && remote.digest == seen.seen.digest
    });
    if known && state.deleted != Some(Side::Remote) {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::RemoteObserved(seen)])
}

pub(in crate::sync_record) fn applied(state: &SyncRecord, applied: InboundApplied) -> Decision {
    match &state.remote {
        None => Err(SyncRecordError::NotFound),
        Some(remote) if remote.observation != applied.observation => Err(SyncRecordError::Moved),
        Some(_) => Ok(vec![SyncRecordEvent::InboundApplied(applied)]),
    }
}

pub(in crate::sync_record) fn local_deletion(state: &SyncRecord, version: u64) -> Vec<SyncRecordEvent> {
    if state.deleted == Some(Side::Local) || state.sequence == 0 {
        return Vec::new();
    }
    vec![SyncRecordEvent::LocalDeletionObserved(LocalDeletionObserved { version })]
}

pub(in crate::sync_record) fn remote_deletion(
    state: &SyncRecord,
    updated_at: Option<DateTime<Utc>>,
) -> Decision {
    if state.remote_id.is_none() {
        return Err(SyncRecordError::NotFound);
    }
    if state.deleted.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::RemoteDeletionObserved(RemoteDeletionObserved { updated_at })])
}

pub(in crate::sync_record) fn rebase(state: &SyncRecord, rebased: Rebased) -> Decision {
    if state.sequence == 0 {
        return Err(SyncRecordError::NotFound);
    }
    if state.mapping == Some(rebased.mapping) {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::Rebased(rebased)])
}
