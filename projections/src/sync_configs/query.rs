//! The view of sync configs and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::OrganizationId;

use super::row::SyncConfigRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::sync_runs::SyncRunRow;
use crate::view::View;

const FROM: &str = "{sync_configs} r LEFT JOIN {integrations} i ON i.id = r.integration_id \
    LEFT JOIN {sync_runs} a ON a.id = (SELECT x.id FROM {sync_runs} x WHERE x.sync_config_id = r.id \
    AND x.completed_at IS NOT NULL ORDER BY x.created_at DESC, x.id DESC LIMIT 1)";

/// `v_sync_configs`.
pub fn view() -> View {
    let doc = "Live sync configs of live integrations, with their last finished run.";
    View::new("v_sync_configs", doc, FROM)
        .own::<SyncConfigRow>("r", &["id", "organization_id", "project_id", "integration_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .renamed::<IntegrationRow>("i", ("integration_name", "display_name"), "The integration's name.")
        .own::<SyncConfigRow>("r", &CONFIG)
        .renamed::<SyncRunRow>(
            "a",
            ("last_sync_at", "completed_at"),
            "When its last run ended, of any outcome.",
        )
        .renamed::<SyncRunRow>(
            "a",
            ("last_sync_status", "status"),
            "How that run ended: `completed`, `partial`, `failed` or `cancelled`.",
        )
        .renamed::<SyncRunRow>("a", ("last_sync_run_id", "id"), "That run: `v_integration_sync_logs.id`.")
        .own::<SyncConfigRow>("r", &["created_by", "updated_by", "created_at", "updated_at"])
        .only("r.deleted_at IS NULL AND i.deleted_at IS NULL")
}

const CONFIG: [&str; 19] = [
    "feature",
    "local_entity",
    "remote_entity",
    "sync_enabled",
    "sync_direction",
    "sync_filter",
    "trigger_type",
    "trigger_config",
    "schedule",
    "conflict_resolution",
    "priority_source",
    "merge_fallback",
    "dependencies",
    "on_local_delete",
    "on_remote_delete",
    "on_filter_exit",
    "review_mode",
    "mapping_number",
    "mapping_rules",
];

/// Which sync configs.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncConfigFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this project.
    pub project: Option<String>,
    /// Of this integration.
    pub integration: Option<String>,
    /// Of this provider.
    pub provider: Option<String>,
    /// Of this entity of ours.
    pub local_entity: Option<String>,
    /// Of this feature.
    pub feature: Option<String>,
    /// Those that run, or do not.
    pub enabled: Option<bool>,
}

impl Filter for SyncConfigFilter {
    const VIEW: &'static str = "v_sync_configs";
    const ORDER: &'static str = "created_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("project_id", self.project.clone())
            .is("integration_id", self.integration.clone())
            .is("provider", self.provider.clone())
            .is("local_entity", self.local_entity.clone())
            .is("feature", self.feature.clone())
            .is("sync_enabled", self.enabled)
            .done()
    }
}
