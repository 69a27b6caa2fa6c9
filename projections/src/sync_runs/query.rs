//! The view of runs and its filter.

use application::ports::read_store::{ColumnType, Condition};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::{Direction, RunStatus, RunType, TriggeredBy};

use super::row::SyncRunRow;
use crate::integrations::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::sync_configs::SyncConfigRow;
use crate::view::View;

const FROM: &str = "{sync_runs} r LEFT JOIN {integrations} i ON i.id = r.integration_id \
    LEFT JOIN {sync_configs} c ON c.id = r.sync_config_id";

/// `v_integration_sync_logs`.
pub fn view() -> View {
    let doc = "Every run, with the names of its provider, integration and feature. Runs of deleted integrations stay.";
    View::new("v_integration_sync_logs", doc, FROM)
        .own::<SyncRunRow>("r", &["id", "organization_id", "project_id", "integration_id", "sync_config_id"])
        .own::<IntegrationRow>("i", &["provider"])
        .renamed::<IntegrationRow>("i", ("integration_name", "display_name"), "The integration's name.")
        .own::<SyncConfigRow>("c", &["feature", "local_entity", "remote_entity"])
        .own::<SyncRunRow>("r", &RUN)
}

const RUN: [&str; 24] = [
    "external_realm_id",
    "sync_type",
    "direction",
    "triggered_by",
    "triggered_by_user_id",
    "status",
    "records_processed",
    "records_created",
    "records_updated",
    "records_deleted",
    "records_failed",
    "records_skipped",
    "records_conflicted",
    "pages",
    "cursor_before",
    "cursor_after",
    "errors",
    "error_count",
    "last_error",
    "started_at",
    "completed_at",
    "duration_ms",
    "created_at",
    "updated_at",
];

/// Which runs.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncRunFilter {
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
    /// In one of these states; empty for all.
    pub status: Vec<RunStatus>,
    /// Of this kind.
    pub sync_type: Option<RunType>,
    /// Going this way.
    pub direction: Option<Direction>,
    /// Caused by this.
    pub triggered_by: Option<TriggeredBy>,
    /// Taken after this time.
    pub created_after: Option<DateTime<Utc>>,
    /// Taken before this time.
    pub created_before: Option<DateTime<Utc>>,
}

impl SyncRunFilter {
    /// Every run of an organization.
    pub const fn of(organization: OrganizationId) -> Self {
        Self {
            organization,
            project: None,
            integration: None,
            config: None,
            provider: None,
            status: Vec::new(),
            sync_type: None,
            direction: None,
            triggered_by: None,
            created_after: None,
            created_before: None,
        }
    }
}

impl Filter for SyncRunFilter {
    const VIEW: &'static str = "v_integration_sync_logs";
    const ORDER: &'static str = "created_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = true;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("project_id", self.project.clone())
            .is("integration_id", self.integration.clone())
            .is("sync_config_id", self.config.clone())
            .is("provider", self.provider.clone())
            .any("status", self.status.clone())
            .is("sync_type", self.sync_type)
            .is("direction", self.direction)
            .is("triggered_by", self.triggered_by)
            .between("created_at", self.created_after, self.created_before)
            .done()
    }
}
