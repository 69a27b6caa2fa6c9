//! The view of conflicts and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::OrganizationId;

use super::row::ConflictRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::local_records::LocalRecordRow;
use crate::sync_configs::SyncConfigRow;
use crate::sync_records::SyncRecordRow;
use crate::view::View;

const FROM: &str = "{conflicts} r LEFT JOIN {sync_records} s ON s.id = r.sync_record_id \
    LEFT JOIN {sync_configs} c ON c.id = r.sync_config_id \
    LEFT JOIN {integrations} i ON i.id = c.integration_id \
    LEFT JOIN {local_records} l ON l.project_id = c.project_id AND l.entity = c.local_entity \
    AND l.local_id = r.local_id";

/// A conflict that its record is no longer in, and nobody settled, was overtaken by later changes.
const STATUS: &str = "CASE WHEN r.resolved THEN 'resolved' WHEN s.sync_status <> 'unlinked' \
    AND s.conflict_id = r.id THEN 'open' ELSE 'superseded' END";

/// `v_conflicts`.
pub fn view() -> View {
    let doc = "Collisions of both sides' changes under live sync configs, open and settled.";
    View::new("v_conflicts", doc, FROM)
        .own::<ConflictRow>("r", &["id", "organization_id"])
        .own::<SyncConfigRow>("c", &["project_id", "integration_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .own::<ConflictRow>("r", &["sync_config_id", "sync_record_id", "external_realm_id"])
        .own::<SyncConfigRow>("c", &["local_entity", "remote_entity"])
        .own::<ConflictRow>("r", &["local_id"])
        .own::<SyncRecordRow>("s", &["remote_id"])
        .own::<LocalRecordRow>("l", &["display_name"])
        .computed(
            "status",
            ColumnType::Text,
            STATUS,
            "`open`, `resolved`, or `superseded` when later changes overtook it.",
        )
        .own::<ConflictRow>("r", &REST)
        .only("i.deleted_at IS NULL AND c.deleted_at IS NULL")
}

const REST: [&str; 15] = [
    "strategy",
    "deleted_side",
    "collisions",
    "local_hash",
    "remote_hash",
    "decisions",
    "push",
    "pull",
    "given",
    "winner",
    "resolved_by_person",
    "resolved_by",
    "detected_at",
    "resolved_at",
    "updated_at",
];

/// Where a conflict stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictStatus {
    /// Nobody settled it yet.
    Open,
    /// Settled by policy or by a person.
    Resolved,
    /// Overtaken by later changes.
    Superseded,
}

impl ConflictStatus {
    /// The word the view shows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Superseded => "superseded",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Resolved, Self::Superseded].into_iter().find(|status| status.as_str() == word)
    }
}

/// Which conflicts.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this project.
    pub project: Option<String>,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this sync config.
    pub config: Option<String>,
    /// Of this sync record.
    pub record: Option<String>,
    /// Standing there.
    pub status: Option<ConflictStatus>,
}

impl Filter for ConflictFilter {
    const VIEW: &'static str = "v_conflicts";
    const ORDER: &'static str = "detected_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = true;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("project_id", self.project.clone())
            .is("integration_id", self.integration.clone())
            .is("sync_config_id", self.config.clone())
            .is("sync_record_id", self.record.clone())
            .is("status", self.status.map(|status| status.as_str().to_owned()))
            .done()
    }
}
