//! `GET /v1/integrations`

use axum::Json;
use axum::extract::State;
use domain::ids::ProjectId;
use domain::value::Connection;
use projections::integrations::IntegrationFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::params::words;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which integrations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IntegrationParams {
    /// Of this project.
    project_id: Option<Uuid>,
    /// With this provider.
    provider: Option<String>,
    /// Of this code.
    code: Option<String>,
    /// In one of these connection states, separated by commas.
    connection_status: Option<String>,
    /// Enabled ones, or disabled ones.
    enabled: Option<bool>,
    /// Of this remote company.
    external_realm_id: Option<String>,
}

impl IntegrationParams {
    pub(super) fn filter(self, caller: &Caller) -> Result<IntegrationFilter, Problem> {
        Ok(IntegrationFilter {
            organization: caller.organization,
            project: self.project_id.map(ProjectId),
            provider: self.provider,
            code: self.code,
            connection: words("connection_status", self.connection_status.as_deref(), Connection::parse)?,
            enabled: self.enabled,
            realm: self.external_realm_id,
        })
    }
}

/// Lists integrations with their health and last sync.
#[utoipa::path(get, path = "/integrations", tag = "integrations", params(IntegrationParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<IntegrationParams>,
) -> Result<Json<Listing>, Problem> {
    page::answer(&state, &listed.filter.filter(&caller)?, &listed.page).await
}
