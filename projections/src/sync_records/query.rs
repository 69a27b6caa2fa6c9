//! The views of sync records and their filters.

use application::ports::read_store::{ColumnType, Condition};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::SyncStatus;

use super::row::SyncRecordRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::local_records::LocalRecordRow;
use crate::sync_configs::SyncConfigRow;
use crate::view::View;

const FROM: &str = "{sync_records} r LEFT JOIN {sync_configs} c ON c.id = r.sync_config_id \
    LEFT JOIN {integrations} i ON i.id = c.integration_id \
    LEFT JOIN {local_records} l ON l.project_id = c.project_id AND l.entity = c.local_entity \
    AND l.local_id = r.local_id";

/// `v_sync_records`.
pub fn view() -> View {
    let doc = "Every pair of records under live sync configs: its status and the state of both sides.";
    scoped("v_sync_records", doc).own::<SyncRecordRow>("r", &RECORD).only(LIVE)
}

/// `v_sync_errors`: what the provider refused, or only a person can settle.
pub fn errors_view() -> View {
    let doc = "Sync records whose last write was refused, or whose outcome only a person can tell.";
    scoped("v_sync_errors", doc).own::<SyncRecordRow>("r", &ERROR).only(
        "i.deleted_at IS NULL AND c.deleted_at IS NULL AND r.sync_status IN ('error', 'needs_decision')",
    )
}

const LIVE: &str = "i.deleted_at IS NULL AND c.deleted_at IS NULL";

fn scoped(name: &'static str, doc: &'static str) -> View {
    View::new(name, doc, FROM)
        .own::<SyncRecordRow>("r", &["id", "organization_id"])
        .own::<SyncConfigRow>("c", &["project_id", "integration_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .own::<SyncRecordRow>("r", &["sync_config_id", "external_realm_id"])
        .own::<SyncConfigRow>("c", &["local_entity", "remote_entity"])
        .own::<SyncRecordRow>("r", &["local_id", "remote_id"])
        .own::<LocalRecordRow>("l", &["display_name"])
        .own::<SyncRecordRow>("r", &["sync_status", "reason"])
}

const RECORD: [&str; 27] = [
    "local_hash",
    "remote_hash",
    "local_version",
    "version_token",
    "local_updated_at",
    "remote_updated_at",
    "mapping_number",
    "lookups_number",
    "linked_at",
    "linked_by",
    "last_synced_at",
    "error_class",
    "error_code",
    "error_message",
    "error_next_step",
    "error_at",
    "waiting_for",
    "conflict_id",
    "deleted_side",
    "open_call_id",
    "open_operation",
    "open_attempt",
    "recover_after",
    "writes",
    "differences",
    "created_at",
    "updated_at",
];

const ERROR: [&str; 10] = [
    "error_class",
    "error_code",
    "error_message",
    "error_next_step",
    "error_at",
    "open_call_id",
    "open_operation",
    "open_attempt",
    "writes",
    "updated_at",
];

/// `v_entity_mappings`: the pairs that are linked.
pub fn mappings_view() -> View {
    let doc = "Linked pairs: which record of ours is which of the provider's, in which remote company.";
    View::new("v_entity_mappings", doc, FROM)
        .own::<SyncRecordRow>("r", &["id", "organization_id"])
        .own::<SyncConfigRow>("c", &["project_id", "integration_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .renamed::<IntegrationRow>("i", ("integration_name", "display_name"), "The integration's name.")
        .own::<SyncRecordRow>("r", &["sync_config_id", "external_realm_id"])
        .own::<SyncConfigRow>("c", &["local_entity", "remote_entity"])
        .own::<SyncRecordRow>("r", &["local_id"])
        .renamed::<SyncRecordRow>("r", ("external_id", "remote_id"), "The provider's id.")
        .own::<LocalRecordRow>("l", &["display_name"])
        .own::<SyncRecordRow>(
            "r",
            &["version_token", "sync_status", "linked_at", "linked_by", "last_synced_at", "updated_at"],
        )
        .only(
            "i.deleted_at IS NULL AND c.deleted_at IS NULL AND r.remote_id IS NOT NULL \
             AND r.sync_status <> 'unlinked'",
        )
}

/// Which sync records.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncRecordFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this project.
    pub project: Option<String>,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this sync config.
    pub config: Option<String>,
    /// Of this provider.
    pub provider: Option<String>,
    /// Of this remote company.
    pub realm: Option<String>,
    /// Of this entity of ours.
    pub local_entity: Option<String>,
    /// Of this id on our side.
    pub local_id: Option<String>,
    /// Of this id on the provider's side.
    pub remote_id: Option<String>,
    /// Of this name: the business identifier people know.
    pub display_name: Option<String>,
    /// In one of these states; empty for all.
    pub status: Vec<SyncStatus>,
    /// Changed after this time.
    pub updated_after: Option<DateTime<Utc>>,
}

impl SyncRecordFilter {
    /// Every sync record of an organization.
    pub const fn of(organization: OrganizationId) -> Self {
        Self {
            organization,
            project: None,
            integration: None,
            config: None,
            provider: None,
            realm: None,
            local_entity: None,
            local_id: None,
            remote_id: None,
            display_name: None,
            status: Vec::new(),
            updated_after: None,
        }
    }

    fn scope(&self, remote_id: &'static str) -> Conditions {
        Conditions::of(self.organization)
            .is("project_id", self.project.clone())
            .is("integration_id", self.integration.clone())
            .is("sync_config_id", self.config.clone())
            .is("provider", self.provider.clone())
            .is("external_realm_id", self.realm.clone())
            .is("local_entity", self.local_entity.clone())
            .is("local_id", self.local_id.clone())
            .is(remote_id, self.remote_id.clone())
            .is("display_name", self.display_name.clone())
            .any("sync_status", self.status.clone())
            .between("updated_at", self.updated_after, None)
    }
}

impl Filter for SyncRecordFilter {
    const VIEW: &'static str = "v_sync_records";
    const ORDER: &'static str = "id";
    const ORDER_KIND: ColumnType = ColumnType::Text;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        self.scope("remote_id").done()
    }
}

/// The same filter over `v_sync_errors`.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncErrorFilter(pub SyncRecordFilter);

impl Filter for SyncErrorFilter {
    const VIEW: &'static str = "v_sync_errors";
    const ORDER: &'static str = "updated_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = true;

    fn conditions(&self) -> Vec<Condition> {
        self.0.conditions()
    }
}

/// The same filter over `v_entity_mappings`.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityMappingFilter(pub SyncRecordFilter);

impl Filter for EntityMappingFilter {
    const VIEW: &'static str = "v_entity_mappings";
    const ORDER: &'static str = "id";
    const ORDER_KIND: ColumnType = ColumnType::Text;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        self.0.scope("external_id").done()
    }
}
