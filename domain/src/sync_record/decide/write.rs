//! The outcome ledger: intent, then confirmed, rejected or unknown; unknown until resolved.

use chrono::{DateTime, Utc};

use crate::ids::CallId;
use crate::sync_record::aggregate::{OpenWrite, SyncRecord};
use crate::sync_record::error::SyncRecordError;
use crate::sync_record::events::{
    Confirmation, OutcomeResolved, OutcomeUnknown, ResolvedBy, SyncRecordEvent, WriteBegun, WriteConfirmed,
    WriteRejected,
};

type Decision = Result<Vec<SyncRecordEvent>, SyncRecordError>;

/// One write at a time; and under one key always the same bytes.
pub(in crate::sync_record) fn begin(state: &SyncRecord, begun: WriteBegun) -> Decision {
    if state.unlinked.is_some() {
        return Err(SyncRecordError::NotAllowed { status: state.status(), asked: "written" });
    }
    if let Some(open) = &state.open {
        let again = open.begun.call == begun.call;
        return if again { Ok(Vec::new()) } else { Err(SyncRecordError::WriteOpen) };
    }
    if let Some(last) = &state.last
        && last.key == begun.key
        && last.body_digest != begun.body_digest
    {
        return Err(SyncRecordError::BodyChangedUnderKey);
    }
    Ok(vec![SyncRecordEvent::WriteBegun(begun)])
}

pub(in crate::sync_record) fn confirm(
    state: &SyncRecord,
    call: CallId,
    confirmation: Confirmation,
) -> Decision {
    open(state, call)?;
    Ok(vec![SyncRecordEvent::WriteConfirmed(WriteConfirmed { call, confirmation })])
}

pub(in crate::sync_record) fn reject(state: &SyncRecord, rejected: WriteRejected) -> Decision {
    match rejected.call {
        Some(call) => {
            open(state, call)?;
        }
        None if state.open.is_some() => return Err(SyncRecordError::WriteOpen),
        None if state.error.as_ref() == Some(&rejected) => return Ok(Vec::new()),
        None => {}
    }
    Ok(vec![SyncRecordEvent::WriteRejected(rejected)])
}

/// Marking it twice is one event, unless the second time only a person can tell.
pub(in crate::sync_record) fn unknown(
    state: &SyncRecord,
    call: CallId,
    reason: String,
    needs_decision: Option<String>,
) -> Decision {
    let write = open(state, call)?;
    if write.needs_decision.is_some() || (write.unknown && needs_decision.is_none()) {
        return Ok(Vec::new());
    }
    Ok(vec![SyncRecordEvent::OutcomeUnknown(OutcomeUnknown {
        call,
        reason,
        needs_decision,
        looked_up_at: None,
    })])
}

/// The first look-up that finds nothing is remembered; later ones say nothing new.
pub(in crate::sync_record) fn looked_up(state: &SyncRecord, call: CallId, at: DateTime<Utc>) -> Decision {
    if open(state, call)?.looked_up_at.is_some() {
        return Ok(Vec::new());
    }
    let reason = "looked up once, nothing found yet".to_owned();
    let looked_up_at = Some(at);
    Ok(vec![SyncRecordEvent::OutcomeUnknown(OutcomeUnknown {
        call,
        reason,
        needs_decision: None,
        looked_up_at,
    })])
}

pub(in crate::sync_record) fn resolve(
    state: &SyncRecord,
    call: CallId,
    by: ResolvedBy,
    confirmed: Option<Confirmation>,
) -> Decision {
    open(state, call)?;
    Ok(vec![SyncRecordEvent::OutcomeResolved(OutcomeResolved { call, by, confirmed })])
}

fn open(state: &SyncRecord, call: CallId) -> Result<&OpenWrite, SyncRecordError> {
    match &state.open {
        Some(open) if open.begun.call == call => Ok(open),
        _ => Err(SyncRecordError::NoSuchCall { call }),
    }
}
