//! The change feed: what happened to our records, as clients read it and as webhooks carry it.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::fields::Fields;
use domain::ids::ProjectId;
use domain::local_record::LocalRecordEvent;
use domain::metadata::Recorded;
use domain::stream::LocalRecordKey;
use serde::Serialize;
use serde_json::Value;

/// A change of one of our records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Its place in the log.
    #[serde(skip)]
    pub position: u64,
    /// The project.
    pub project_id: ProjectId,
    /// Our entity.
    pub entity: String,
    /// The record.
    pub local_id: String,
    /// `created`, `updated`, `deleted` or `erased`.
    pub change: &'static str,
    /// The record's version after it.
    pub version: u64,
    /// Changed fields with their whole new values; all of them when created.
    pub fields: Fields,
    /// Fields that were cleared.
    pub cleared: Vec<String>,
    /// Where it comes from: `client`, `import`, or `{"inbound": {"config"}}`.
    pub source: Option<Value>,
    /// When the log took it.
    pub recorded_at: DateTime<Utc>,
    /// Who caused it.
    pub actor: String,
}

impl Change {
    /// The change that an event is; `None` for events of other kinds.
    pub fn of(recorded: &Recorded<Event>) -> Option<Self> {
        let Event::LocalRecord(event) = &recorded.event else { return None };
        let key = LocalRecordKey::parse(&recorded.stream)?;
        let nothing = (Fields::new(), Vec::new());
        let ((fields, cleared), source) = match event {
            LocalRecordEvent::Put(put) => ((put.fields.clone(), put.cleared.clone()), Some(put.source)),
            LocalRecordEvent::Deleted(deleted) => (nothing, Some(deleted.source)),
            LocalRecordEvent::Erased(_) => (nothing, None),
        };
        Some(Self {
            position: recorded.position,
            project_id: key.project,
            entity: key.entity,
            local_id: key.local_id,
            change: word(event),
            version: recorded.sequence,
            fields,
            cleared,
            source: source.and_then(|source| serde_json::to_value(source).ok()),
            recorded_at: recorded.recorded_at,
            actor: recorded.metadata.actor.as_text(),
        })
    }
}

/// What a record's event did to it.
pub const fn word(event: &LocalRecordEvent) -> &'static str {
    match event {
        LocalRecordEvent::Put(put) if put.created => "created",
        LocalRecordEvent::Put(_) => "updated",
        LocalRecordEvent::Deleted(_) => "deleted",
        LocalRecordEvent::Erased(_) => "erased",
    }
}
