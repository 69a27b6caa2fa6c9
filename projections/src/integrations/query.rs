//! The view of integrations and its filter.

use application::ports::read_store::{ColumnType, Condition};
use domain::ids::{OrganizationId, ProjectId};
use domain::value::Connection;

use super::row::IntegrationRow;
use crate::list::{Conditions, Filter};
use crate::projects::ProjectRow;
use crate::sync_runs::SyncRunRow;
use crate::view::View;

/// The last finished run of `i`, of any status or of one that went through.
const FROM: &str = "{integrations} i LEFT JOIN {projects} p ON p.id = i.project_id \
    LEFT JOIN {sync_runs} a ON a.id = (SELECT x.id FROM {sync_runs} x WHERE x.integration_id = i.id \
    AND x.completed_at IS NOT NULL ORDER BY x.completed_at DESC, x.id DESC LIMIT 1) \
    LEFT JOIN {sync_runs} s ON s.id = (SELECT x.id FROM {sync_runs} x WHERE x.integration_id = i.id \
    AND x.status = 'completed' AND x.completed_at IS NOT NULL ORDER BY x.completed_at DESC, x.id DESC LIMIT 1)";

/// One word from the switch and the connection.
const HEALTH: &str = "CASE WHEN NOT i.enabled THEN 'disabled' WHEN i.connection_status = 'expired' THEN 'expired' \
    WHEN i.connection_status = 'error' THEN 'error' WHEN i.connection_status <> 'connected' THEN 'not_connected' \
    WHEN i.error_count > 0 OR a.status = 'failed' OR a.status = 'partial' THEN 'degraded' ELSE 'healthy' END";

/// `v_project_integrations`.
pub fn view() -> View {
    let doc = "Live integrations with their project, health and last sync. Deleted ones are not shown.";
    View::new("v_project_integrations", doc, FROM)
        .own::<IntegrationRow>("i", &["id", "organization_id", "project_id"])
        .renamed::<ProjectRow>("p", ("project_name", "name"), "The project's name.")
        .renamed::<ProjectRow>(
            "p",
            ("country_code", "country_code"),
            "Where the project does business: ISO 3166-1 alpha-2; null where that was not said.",
        )
        .own::<IntegrationRow>("i", &IDENTITY)
        .computed(
            "health",
            ColumnType::Text,
            HEALTH,
            "`healthy`, `degraded` (errors, or the last run had some), `error`, `expired`, `not_connected` or `disabled`.",
        )
        .renamed::<SyncRunRow>("a", ("last_sync_at", "completed_at"), "When its last run ended, of any outcome.")
        .renamed::<SyncRunRow>(
            "a",
            ("last_sync_status", "status"),
            "How that run ended: `completed`, `partial`, `failed` or `cancelled`.",
        )
        .renamed::<SyncRunRow>("a", ("last_sync_error", "last_error"), "The first error of that run; null without one.")
        .renamed::<SyncRunRow>("a", ("last_sync_run_id", "id"), "That run: `v_integration_sync_logs.id`.")
        .renamed::<SyncRunRow>(
            "s",
            ("last_successful_sync_at", "completed_at"),
            "When a run last ended `completed`.",
        )
        .own::<IntegrationRow>("i", &REST)
        .only("i.deleted_at IS NULL")
}

const IDENTITY: [&str; 12] = [
    "provider",
    "origin",
    "code",
    "display_name",
    "description",
    "settings",
    "base_url",
    "enabled",
    "connection_status",
    "external_realm_id",
    "external_realm_name",
    "sync_direction",
];

const REST: [&str; 18] = [
    "sync_frequency",
    "sync_frequency_minutes",
    "scopes",
    "has_credentials",
    "token_expires_at",
    "lookups",
    "lookups_number",
    "limits",
    "last_error",
    "last_error_class",
    "last_error_at",
    "error_count",
    "connected_by",
    "connected_at",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
];

/// Which integrations.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Of this provider.
    pub provider: Option<String>,
    /// Of this code.
    pub code: Option<String>,
    /// In one of these states; empty for all.
    pub connection: Vec<Connection>,
    /// Enabled ones, or disabled ones.
    pub enabled: Option<bool>,
    /// Of this remote company.
    pub realm: Option<String>,
}

impl IntegrationFilter {
    /// Every integration of an organization.
    pub const fn of(organization: OrganizationId) -> Self {
        Self {
            organization,
            project: None,
            provider: None,
            code: None,
            connection: Vec::new(),
            enabled: None,
            realm: None,
        }
    }
}

impl Filter for IntegrationFilter {
    const VIEW: &'static str = "v_project_integrations";
    const ORDER: &'static str = "created_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = false;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("project_id", self.project)
            .is("provider", self.provider.clone())
            .is("code", self.code.clone())
            .any("connection_status", self.connection.clone())
            .is("enabled", self.enabled)
            .is("external_realm_id", self.realm.clone())
            .done()
    }
}
