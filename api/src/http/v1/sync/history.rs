//! `GET /v1/integrations/{id}/sync/history`

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_runs::RunParams;

/// Lists an integration's runs, the newest first.
#[utoipa::path(get, path = "/integrations/{id}/sync/history", tag = "sync",
    params(("id" = String, Path), RunParams, PageParams), responses((status = 200, body = Listing)))]
pub(super) async fn history(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    listed: Listed<RunParams>,
) -> Result<Json<Listing>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let mut filter = listed.filter.filter(caller.organization)?;
    filter.integration = Some(id.to_string());
    page::answer(&state, &filter, &listed.page).await
}
