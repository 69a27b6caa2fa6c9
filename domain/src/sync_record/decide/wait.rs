//! Waiting for other records, and what people do about errors.

use crate::sync_config::mapping::Need;
use crate::sync_record::aggregate::SyncRecord;
use crate::sync_record::error::SyncRecordError;
use crate::sync_record::events::{
    DependencyAwaited, ErrorDismissed, Released, RetryRequested, SyncRecordEvent,
};
use crate::value::SyncStatus;

type Decision = Result<Vec<SyncRecordEvent>, SyncRecordError>;

pub(in crate::sync_record) fn await_dependency(
    state: &SyncRecord,
    needs: Vec<Need>,
    local_version: u64,
) -> Decision {
    if state.open.is_some() {
        return Err(SyncRecordError::WriteOpen);
    }
    if needs.is_empty() || state.waiting == needs {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::DependencyAwaited(DependencyAwaited { needs, local_version })])
}

pub(in crate::sync_record) fn release(state: &SyncRecord) -> Vec<SyncRecordEvent> {
    if state.waiting.is_empty() {
        return Vec::new();
    }
    vec![SyncRecordEvent::Released(Released {})]
}

/// An unknown outcome is resolved, never retried.
pub(in crate::sync_record) fn retry(state: &SyncRecord) -> Decision {
    match state.status() {
        SyncStatus::Error => Ok(vec![SyncRecordEvent::RetryRequested(RetryRequested {})]),
        SyncStatus::Waiting
        | SyncStatus::PendingOutbound
        | SyncStatus::PendingInbound
        | SyncStatus::Synced
            if state.sequence > 0 =>
        {
            Ok(Vec::new())
        }
        _ if state.sequence == 0 => Err(SyncRecordError::NotFound),
        status => Err(SyncRecordError::NotAllowed { status, asked: "retried" }),
    }
}

pub(in crate::sync_record) fn dismiss(state: &SyncRecord) -> Decision {
    match state.status() {
        SyncStatus::Error => Ok(vec![SyncRecordEvent::ErrorDismissed(ErrorDismissed {})]),
        _ if state.sequence == 0 => Err(SyncRecordError::NotFound),
        _ => Ok(Vec::new()),
    }
}
