//! Stream ids: ordered text whose parts are percent-escaped, so that a record's natural key is its stream.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{IntegrationId, ProjectId, SyncConfigId};

/// Only what would confuse the parts; everything else stays readable.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'/').add(b'%');

/// Stream categories, persisted as `aggregate_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`crate::project`]
    Project,
    /// [`crate::integration`]
    Integration,
    /// [`crate::sync_config`]
    SyncConfig,
    /// [`crate::sync_run`]
    SyncRun,
    /// [`crate::sync_record`]
    SyncRecord,
    /// [`crate::local_record`]
    LocalRecord,
    /// [`crate::webhook_delivery`]
    WebhookDelivery,
    /// [`crate::webhook_endpoint`]
    WebhookEndpoint,
    /// [`crate::submission`]
    Submission,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Project,
        Self::Integration,
        Self::SyncConfig,
        Self::SyncRun,
        Self::SyncRecord,
        Self::LocalRecord,
        Self::WebhookDelivery,
        Self::WebhookEndpoint,
        Self::Submission,
    ];

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Integration => "integration",
            Self::SyncConfig => "sync_config",
            Self::SyncRun => "sync_run",
            Self::SyncRecord => "sync_record",
            Self::LocalRecord => "local_record",
            Self::WebhookDelivery => "webhook_delivery",
            Self::WebhookEndpoint => "webhook_endpoint",
            Self::Submission => "submission",
        }
    }

    /// The kind of a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One stream of the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// The aggregate's kind.
    pub kind: Kind,
    /// Its id within the kind.
    pub id: String,
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.id)
    }
}

impl StreamId {
    /// The stream of an aggregate that a UUID names.
    pub fn of(kind: Kind, id: Uuid) -> Self {
        Self { kind, id: id.hyphenated().to_string() }
    }

    /// The UUID that names this stream; `None` for streams of composed ids.
    pub fn uuid(&self) -> Option<Uuid> {
        Uuid::parse_str(&self.id).ok()
    }
}

/// A local record: project / entity / local id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LocalRecordKey {
    /// The project that owns the record.
    pub project: ProjectId,
    /// Our entity name.
    pub entity: String,
    /// The client's id for it.
    pub local_id: String,
}

impl LocalRecordKey {
    /// The record's stream.
    pub fn stream(&self) -> StreamId {
        let id = format!("{}/{}/{}", self.project, escape(&self.entity), escape(&self.local_id));
        StreamId { kind: Kind::LocalRecord, id }
    }

    /// The key that `stream` was made of.
    pub fn parse(stream: &StreamId) -> Option<Self> {
        let (project, entity, local_id) = three(stream, Kind::LocalRecord)?;
        Some(Self { project: project.parse().ok()?, entity, local_id })
    }
}

/// A sync record: config / realm / local id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SyncRecordKey {
    /// The config that keeps the pair in step.
    pub config: SyncConfigId,
    /// The remote company; `-` for providers without realms.
    pub realm: String,
    /// Our side's id.
    pub local_id: String,
}

impl SyncRecordKey {
    /// The record's stream.
    pub fn stream(&self) -> StreamId {
        let id = format!("{}/{}/{}", self.config, escape(&self.realm), escape(&self.local_id));
        StreamId { kind: Kind::SyncRecord, id }
    }

    /// The key that `stream` was made of.
    pub fn parse(stream: &StreamId) -> Option<Self> {
        let (config, realm, local_id) = three(stream, Kind::SyncRecord)?;
        Some(Self { config: config.parse().ok()?, realm, local_id })
    }
}

/// A submission: integration / operation / realm / what may exist once within the realm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubmissionKey {
    /// The integration that hands it in.
    pub integration: IntegrationId,
    /// The provider's operation.
    pub operation: String,
    /// The remote company; `-` for providers without realms.
    pub realm: String,
    /// The natural key, or its keyed digest where it may be personal.
    pub natural_key: String,
}

impl SubmissionKey {
    /// The submission's stream.
    pub fn stream(&self) -> StreamId {
        let (operation, realm) = (escape(&self.operation), escape(&self.realm));
        let id = format!("{}/{operation}/{realm}/{}", self.integration, escape(&self.natural_key));
        StreamId { kind: Kind::Submission, id }
    }

    /// The key that `stream` was made of.
    pub fn parse(stream: &StreamId) -> Option<Self> {
        if stream.kind != Kind::Submission {
            return None;
        }
        let mut parts =
            stream.id.splitn(4, '/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
        Some(Self {
            integration: parts.next()?.parse().ok()?,
            operation: parts.next()?,
            realm: parts.next()?,
            natural_key: parts.next()?,
        })
    }
}

/// The stream of a webhook delivery: integration / dedupe id.
pub fn webhook_delivery(integration: IntegrationId, dedupe_id: &str) -> StreamId {
    StreamId { kind: Kind::WebhookDelivery, id: format!("{integration}/{}", escape(dedupe_id)) }
}

fn escape(part: &str) -> impl fmt::Display {
    utf8_percent_encode(part, ESCAPED)
}

fn three(stream: &StreamId, kind: Kind) -> Option<(String, String, String)> {
    if stream.kind != kind {
        return None;
    }
    let mut parts =
        stream.id.splitn(3, '/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
    Some((parts.next()?, parts.next()?, parts.next()?))
}
