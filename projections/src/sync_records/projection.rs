//! Events of sync records, folded into their rows. The status is the aggregate's own.

use domain::aggregate::Aggregate;
use domain::event::Event;
use domain::metadata::Recorded;
use domain::stream::{Kind, SyncRecordKey};
use domain::sync_record::SyncRecord;
use domain::sync_record::events::{Confirmation, SyncRecordEvent};
use domain::value::{Side, SyncStatus};
use serde_json::Value;

use super::row::SyncRecordRow;
use crate::conflicts::conflict_id;
use crate::projection::{Poison, Projection, malformed};
use crate::row::{Encoded, json, word};

/// Folds sync records.
#[derive(Clone, Copy, Debug)]
pub struct SyncRecordProjection;

impl Projection for SyncRecordProjection {
    type Row = SyncRecordRow;

    const KINDS: &'static [Kind] = &[Kind::SyncRecord];

    fn begins(&self, event: &Recorded<Event>) -> bool {
        event.sequence == 1
    }

    fn apply(
        &self,
        _key: &str,
        row: Option<SyncRecordRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<SyncRecordRow>, Poison> {
        let Event::SyncRecord(event) = &recorded.event else { return Ok(row) };
        let mut row = row.map_or_else(|| begun(recorded), Ok)?;
        row.state.0.apply(event);
        row.updated_at = recorded.recorded_at;
        noted(&mut row, event, recorded);
        row.reason = reason(&row.state.0, event, row.reason.take());
        row.remote_id.clone_from(&row.state.0.remote_id);
        Ok(Some(row))
    }

    /// What the aggregate's state says.
    fn finish(&self, row: &mut SyncRecordRow) {
        let state = std::mem::take(&mut row.state.0);
        row.sync_status = state.status();
        sides(row, &state);
        failure(row, &state);
        row.waiting_for = json(&state.waiting);
        row.conflict_id =
            state.conflict.as_ref().map(|open| conflict_id(&row.id, open.local_digest, open.remote_digest));
        row.deleted_side = state.deleted;
        let open = state.open.as_ref().map(|open| &open.begun);
        row.open_call_id = open.map(|begun| begun.call.to_string());
        row.open_operation = open.map(|begun| begun.operation);
        row.open_attempt = open.map(|begun| begun.attempt);
        row.recover_after = open.map(|begun| begun.recover_after);
        row.writes = state.intents;
        row.state = Encoded(state);
    }
}

fn begun(recorded: &Recorded<Event>) -> Result<SyncRecordRow, Poison> {
    let key = SyncRecordKey::parse(&recorded.stream).ok_or_else(|| malformed(recorded))?;
    Ok(SyncRecordRow {
        id: recorded.stream.id.clone(),
        organization_id: recorded.organization,
        sync_config_id: key.config.to_string(),
        external_realm_id: key.realm,
        local_id: key.local_id,
        remote_id: None,
        sync_status: SyncStatus::PendingOutbound,
        reason: None,
        local_hash: None,
        remote_hash: None,
        local_version: None,
        version_token: None,
        local_updated_at: None,
        remote_updated_at: None,
        mapping_number: None,
        lookups_number: None,
        linked_at: None,
        linked_by: None,
        last_synced_at: None,
        error_class: None,
        error_code: None,
        error_message: None,
        error_next_step: None,
        error_at: None,
        waiting_for: Value::Array(Vec::new()),
        conflict_id: None,
        deleted_side: None,
        open_call_id: None,
        open_operation: None,
        open_attempt: None,
        recover_after: None,
        writes: 0,
        differences: Value::Array(Vec::new()),
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
        state: Encoded(SyncRecord::default()),
    })
}

/// Times and reasons, which the aggregate's state does not keep.
fn noted(row: &mut SyncRecordRow, event: &SyncRecordEvent, recorded: &Recorded<Event>) {
    let at = Some(recorded.recorded_at);
    match event {
        SyncRecordEvent::Linked(linked) => {
            (row.linked_at, row.linked_by) = (at, Some(word(&linked.by)));
            if linked.base.is_some() {
                row.last_synced_at = at;
            }
        }
        SyncRecordEvent::WriteConfirmed(done) => confirmed(row, &done.confirmation, recorded),
        SyncRecordEvent::OutcomeResolved(known) => {
            if let Some(confirmation) = &known.confirmed {
                confirmed(row, confirmation, recorded);
            }
        }
        SyncRecordEvent::InboundApplied(applied) if applied.complete => row.last_synced_at = at,
        SyncRecordEvent::WriteRejected(_) => row.error_at = at,
        _ => {}
    }
}

fn confirmed(row: &mut SyncRecordRow, confirmation: &Confirmation, recorded: &Recorded<Event>) {
    row.last_synced_at = Some(recorded.recorded_at);
    row.differences = json(&confirmation.differences);
    if row.remote_id.is_none() {
        row.linked_at = Some(recorded.recorded_at);
        row.linked_by = Some("write".to_owned());
    }
}

fn sides(row: &mut SyncRecordRow, state: &SyncRecord) {
    row.local_hash = state.local.as_ref().map(|side| side.digest.to_string());
    row.local_version = state.local.as_ref().map(|side| side.version);
    row.local_updated_at = state.local.as_ref().and_then(|side| side.updated_at);
    row.remote_hash = state.remote.as_ref().map(|side| side.digest.to_string());
    row.version_token = state.remote.as_ref().and_then(|side| side.version_token.clone());
    row.remote_updated_at = state.remote.as_ref().and_then(|side| side.updated_at);
    row.mapping_number = state.mapping.map(|version| version.mapping);
    row.lookups_number = state.mapping.map(|version| version.lookups);
}

fn failure(row: &mut SyncRecordRow, state: &SyncRecord) {
    let error = state.error.as_ref();
    row.error_class = error.map(|error| error.class);
    row.error_code = error.and_then(|error| error.code.clone());
    row.error_message = error.map(|error| error.message.clone());
    row.error_next_step = error.and_then(|error| error.next_step.clone());
    if error.is_none() {
        row.error_at = None;
    }
}

/// `before` is why the outcome was unknown, which the state forgets.
fn reason(state: &SyncRecord, event: &SyncRecordEvent, before: Option<String>) -> Option<String> {
    if let Some(why) = &state.unlinked {
        return Some(why.clone());
    }
    if let Some(open) = &state.open {
        return match (&open.needs_decision, event) {
            (Some(why), _) => Some(why.clone()),
            (None, SyncRecordEvent::OutcomeUnknown(unknown)) => Some(unknown.reason.clone()),
            (None, _) if open.unknown => before,
            (None, _) => None,
        };
    }
    match state.deleted? {
        Side::Local => Some("our record was deleted".to_owned()),
        Side::Remote => Some("the provider's record was deleted or made inactive".to_owned()),
    }
}
