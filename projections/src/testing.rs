//! Recorded events for tests of folds.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::digest::{Digest, DigestKey};
use domain::event::Event;
use domain::ids::{CommandId, DEFAULT_ORGANIZATION, DEFAULT_PROJECT, IntegrationId, SyncConfigId};
use domain::metadata::{Actor, Metadata, Recorded};
use domain::stream::{Kind, LocalRecordKey, StreamId, SyncRecordKey};

use crate::as_of::Memory;
use crate::projection::Projection;
use crate::row::TableRow;

pub(crate) fn integration() -> IntegrationId {
    "00000000-0000-7000-8000-000000000011".parse().unwrap()
}

pub(crate) fn config() -> SyncConfigId {
    "00000000-0000-7000-8000-000000000022".parse().unwrap()
}

pub(crate) fn run_stream() -> StreamId {
    StreamId { kind: Kind::SyncRun, id: "00000000-0000-7000-8000-000000000033".to_owned() }
}

pub(crate) fn project_stream() -> StreamId {
    StreamId::of(Kind::Project, DEFAULT_PROJECT.0)
}

pub(crate) fn integration_stream() -> StreamId {
    StreamId::of(Kind::Integration, integration().0)
}

pub(crate) fn config_stream() -> StreamId {
    StreamId::of(Kind::SyncConfig, config().0)
}

pub(crate) fn sync_record_stream(local_id: &str) -> StreamId {
    SyncRecordKey { config: config(), realm: "9130".to_owned(), local_id: local_id.to_owned() }.stream()
}

pub(crate) fn local_record_stream(local_id: &str) -> StreamId {
    let key = LocalRecordKey {
        project: DEFAULT_PROJECT,
        entity: "customer".to_owned(),
        local_id: local_id.to_owned(),
    };
    key.stream()
}

pub(crate) fn digest(content: &str) -> Digest {
    DigestKey::new(&[7; 32]).digest(content.as_bytes())
}

/// Nine o'clock on a day in November, plus seconds.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    "2026-11-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
}

/// Events as a log would hold them: positions from 1, a second apart.
#[derive(Default)]
pub(crate) struct Log(pub(crate) Vec<Recorded<Event>>);

impl Log {
    pub(crate) fn of(stream: &StreamId, events: impl IntoIterator<Item = impl Into<Event>>) -> Self {
        Self::default().and(stream, events)
    }

    pub(crate) fn and(
        mut self,
        stream: &StreamId,
        events: impl IntoIterator<Item = impl Into<Event>>,
    ) -> Self {
        for event in events {
            let position = self.0.len() as u64 + 1;
            let sequence = self.0.iter().filter(|other| other.stream == *stream).count() as u64 + 1;
            self.0.push(Recorded {
                position,
                organization: DEFAULT_ORGANIZATION,
                stream: stream.clone(),
                sequence,
                recorded_at: at(i64::try_from(position).unwrap()),
                event: event.into(),
                metadata: Metadata::new(Actor::User("u1".to_owned()), CommandId(DEFAULT_PROJECT.0)),
            });
        }
        self
    }

    /// The rows that a projection makes of it, by key.
    pub(crate) fn rows<P: Projection>(&self, projection: P) -> Vec<P::Row> {
        let mut memory = Memory::new(Arc::new(projection));
        memory.take(&self.0).unwrap();
        memory.rows.into_values().map(|row| P::Row::from_cells(row).unwrap()).collect()
    }

    /// The one row that a projection makes of it.
    pub(crate) fn row<P: Projection>(&self, projection: P) -> P::Row {
        let mut rows = self.rows(projection);
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }
}
