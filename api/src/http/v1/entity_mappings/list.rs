//! `GET /v1/entity-mappings`

use axum::Json;
use axum::extract::State;
use projections::sync_records::EntityMappingFilter;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_records::RecordParams;

/// Lists linked pairs.
#[utoipa::path(get, path = "/entity-mappings", tag = "entity mappings", params(RecordParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<RecordParams>,
) -> Result<Json<Listing>, Problem> {
    let filter = EntityMappingFilter(listed.filter.filter(caller.organization)?);
    page::answer(&state, &filter, &listed.page).await
}
