//! `GET /v1/conflicts`

use axum::Json;
use axum::extract::State;
use projections::conflicts::{ConflictFilter, ConflictStatus};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::params::word;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which conflicts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConflictParams {
    /// Of this project.
    project_id: Option<Uuid>,
    /// Of this integration.
    integration_id: Option<Uuid>,
    /// Of this sync config.
    sync_config_id: Option<Uuid>,
    /// Of this sync record.
    sync_record_id: Option<String>,
    /// `open`, `resolved` or `superseded`.
    status: Option<String>,
}

/// Lists conflicts, the newest first.
#[utoipa::path(get, path = "/conflicts", tag = "conflicts", params(ConflictParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<ConflictParams>,
) -> Result<Json<Listing>, Problem> {
    let asked = listed.filter;
    let filter = ConflictFilter {
        organization: caller.organization,
        project: asked.project_id.map(|id| id.to_string()),
        integration: asked.integration_id.map(|id| id.to_string()),
        config: asked.sync_config_id.map(|id| id.to_string()),
        record: asked.sync_record_id,
        status: word("status", asked.status.as_deref(), status)?,
    };
    page::answer(&state, &filter, &listed.page).await
}

fn status(word: &str) -> Result<ConflictStatus, &'static str> {
    ConflictStatus::parse(word).ok_or("status must be open, resolved or superseded")
}
