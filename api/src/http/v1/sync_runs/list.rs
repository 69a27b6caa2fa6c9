//! `GET /v1/sync-runs`

use axum::Json;
use axum::extract::State;

use super::RunParams;
use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists runs, the newest first.
#[utoipa::path(get, path = "/sync-runs", tag = "sync runs", params(RunParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<RunParams>,
) -> Result<Json<Listing>, Problem> {
    page::answer(&state, &listed.filter.filter(caller.organization)?, &listed.page).await
}
