//! `GET /v1/integrations/{id}/sync/config`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use projections::sync_configs::SyncConfigFilter;

use crate::http::auth::Caller;
use crate::http::page::{self, Everything, Listed, Listing, PageParams};
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists an integration's sync configs.
#[utoipa::path(get, path = "/integrations/{id}/sync/config", tag = "sync",
    params(("id" = String, Path), PageParams), responses((status = 200, body = Listing)))]
pub(super) async fn list_configs(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    listed: Listed<Everything>,
) -> Result<Json<Listing>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    state.desk.routes().await?.integration_of(caller.organization, id)?;
    let filter = SyncConfigFilter {
        organization: caller.organization,
        project: None,
        integration: Some(id.to_string()),
        provider: None,
        local_entity: None,
        feature: None,
        enabled: None,
    };
    page::answer(&state, &filter, &listed.page).await
}
