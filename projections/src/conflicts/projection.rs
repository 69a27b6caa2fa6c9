//! Conflicts found and settled, folded into their rows.

use domain::digest::Digest;
use domain::event::Event;
use domain::fields::Fields;
use domain::metadata::Recorded;
use domain::stream::{Kind, SyncRecordKey};
use domain::sync_record::events::{ConflictDetected, ConflictResolved, SyncRecordEvent};
use serde_json::Value;

use super::row::ConflictRow;
use crate::projection::{Poison, Projection, malformed};
use crate::row::json;

/// Folds conflicts.
#[derive(Clone, Copy, Debug)]
pub struct ConflictProjection;

/// The id of the conflict of a sync record whose sides had these digests: a settlement names the same two.
pub fn conflict_id(record: &str, local: Digest, remote: Digest) -> String {
    let short = |digest: Digest| digest.to_string().chars().take(12).collect::<String>();
    format!("{record}/{}-{}", short(local), short(remote))
}

impl Projection for ConflictProjection {
    type Row = ConflictRow;

    const KINDS: &'static [Kind] = &[Kind::SyncRecord];

    fn targets(&self, event: &Recorded<Event>) -> Vec<String> {
        let id = |local, remote| vec![conflict_id(&event.stream.id, local, remote)];
        match &event.event {
            Event::SyncRecord(SyncRecordEvent::ConflictDetected(found)) => {
                id(found.local_digest, found.remote_digest)
            }
            Event::SyncRecord(SyncRecordEvent::ConflictResolved(done)) => {
                id(done.local_digest, done.remote_digest)
            }
            _ => Vec::new(),
        }
    }

    fn apply(
        &self,
        key: &str,
        row: Option<ConflictRow>,
        recorded: &Recorded<Event>,
    ) -> Result<Option<ConflictRow>, Poison> {
        match &recorded.event {
            Event::SyncRecord(SyncRecordEvent::ConflictDetected(found)) => {
                found_at(key, found, recorded).map(Some)
            }
            Event::SyncRecord(SyncRecordEvent::ConflictResolved(done)) => {
                Ok(row.map(|row| settled(row, done, recorded)))
            }
            _ => Ok(row),
        }
    }
}

/// The same collision found again is open again.
fn found_at(key: &str, found: &ConflictDetected, recorded: &Recorded<Event>) -> Result<ConflictRow, Poison> {
    let record = SyncRecordKey::parse(&recorded.stream).ok_or_else(|| malformed(recorded))?;
    Ok(ConflictRow {
        id: key.to_owned(),
        organization_id: recorded.organization,
        sync_record_id: recorded.stream.id.clone(),
        sync_config_id: record.config.to_string(),
        external_realm_id: record.realm,
        local_id: record.local_id,
        resolved: false,
        strategy: found.strategy,
        deleted_side: found.deleted,
        collisions: json(&found.collisions),
        local_hash: found.local_digest.to_string(),
        remote_hash: found.remote_digest.to_string(),
        decisions: Value::Array(Vec::new()),
        push: Value::Array(Vec::new()),
        pull: Value::Array(Vec::new()),
        given: json(&Fields::new()),
        winner: None,
        resolved_by_person: None,
        resolved_by: None,
        detected_at: recorded.recorded_at,
        resolved_at: None,
        updated_at: recorded.recorded_at,
    })
}

fn settled(mut row: ConflictRow, done: &ConflictResolved, recorded: &Recorded<Event>) -> ConflictRow {
    row.resolved = true;
    row.decisions = json(&done.decisions);
    row.push = json(&done.push);
    row.pull = json(&done.pull);
    row.given = json(&done.given);
    row.winner = done.winner;
    row.resolved_by_person = Some(done.by_person);
    row.resolved_by = Some(recorded.metadata.actor.as_text());
    row.resolved_at = Some(recorded.recorded_at);
    row.updated_at = recorded.recorded_at;
    row
}
