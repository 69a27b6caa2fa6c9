//! `GET /v1/sync-records`

use axum::Json;
use axum::extract::State;

use super::RecordParams;
use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists sync records.
#[utoipa::path(get, path = "/sync-records", tag = "sync records", params(RecordParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<RecordParams>,
) -> Result<Json<Listing>, Problem> {
    page::answer(&state, &listed.filter.filter(caller.organization)?, &listed.page).await
}
