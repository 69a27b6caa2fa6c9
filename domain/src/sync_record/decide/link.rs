//! Linking and unlinking.

use crate::digest::Digest;
use crate::sync_record::aggregate::SyncRecord;
use crate::sync_record::error::SyncRecordError;
use crate::sync_record::events::{Base, Linked, LinkedBy, SyncRecordEvent, Unlinked};

type Decision = Result<Vec<SyncRecordEvent>, SyncRecordError>;

pub(in crate::sync_record) fn link(
    state: &SyncRecord,
    remote_id: String,
    by: LinkedBy,
    observed: Option<Digest>,
    base: Option<Base>,
) -> Decision {
    if state.open.is_some() {
        return Err(SyncRecordError::WriteOpen);
    }
    match &state.remote_id {
        Some(linked) if *linked == remote_id && state.unlinked.is_none() => Ok(Vec::new()),
        Some(linked) if state.unlinked.is_none() => {
            Err(SyncRecordError::LinkedElsewhere { linked: linked.clone() })
        }
        _ => Ok(vec![SyncRecordEvent::Linked(Linked { remote_id, by, observed, base })]),
    }
}

pub(in crate::sync_record) fn unlink(state: &SyncRecord, reason: String) -> Decision {
    if state.sequence == 0 {
        return Err(SyncRecordError::NotFound);
    }
    if state.open.is_some() {
        return Err(SyncRecordError::WriteOpen);
    }
    if state.unlinked.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::Unlinked(Unlinked { reason })])
}
