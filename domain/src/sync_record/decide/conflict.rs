//! Conflicts: found once, settled once.

use crate::sync_record::aggregate::SyncRecord;
use crate::sync_record::error::SyncRecordError;
use crate::sync_record::events::{ConflictDetected, ConflictResolved, SyncRecordEvent};

/// The same conflict is not reported twice.
pub(in crate::sync_record) fn detect(state: &SyncRecord, found: ConflictDetected) -> Vec<SyncRecordEvent> {
    let known = state.conflict.as_ref().is_some_and(|open| {
        open.local_digest == found.local_digest
            && open.remote_digest == found.remote_digest
            && open.deleted == found.deleted
    });
    if known { Vec::new() } else { vec![SyncRecordEvent::ConflictDetected(found)] }
}

/// Settling it again the same way changes nothing; another way is refused.
pub(in crate::sync_record) fn resolve(
    state: &SyncRecord,
    resolved: ConflictResolved,
) -> Result<Vec<SyncRecordEvent>, SyncRecordError> {
    let Some(open) = &state.conflict else {
        return match &state.resolution {
            Some(done) if same(done, &resolved) => Ok(Vec::new()),
            Some(_) => Err(SyncRecordError::ResolvedDifferently),
            None => Err(SyncRecordError::NoConflict),
        };
    };
    if open.local_digest != resolved.local_digest || open.remote_digest != resolved.remote_digest {
        return Err(SyncRecordError::Moved);
    }
    Ok(vec![SyncRecordEvent::ConflictResolved(resolved)])
}

fn same(done: &ConflictResolved, asked: &ConflictResolved) -> bool {
    done.push == asked.push && done.pull == asked.pull && done.winner == asked.winner
}
