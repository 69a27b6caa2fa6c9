//! `GET /v1/sync-records/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::stream::Kind;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

/// Shows a sync record. Its id stands percent-encoded in the path, or as base64url.
#[utoipa::path(get, path = "/sync-records/{id}", tag = "sync records", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let stream = resource::composed(Kind::SyncRecord, &id);
    resource::shown(&state, &caller, "v_sync_records", (&stream, "sync record")).await
}
