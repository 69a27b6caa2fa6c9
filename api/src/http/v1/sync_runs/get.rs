//! `GET /v1/sync-runs/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncRunId;
use domain::stream::{Kind, StreamId};

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{params, resource};

/// Shows a run with its counts and first errors.
#[utoipa::path(get, path = "/sync-runs/{id}", tag = "sync runs", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: SyncRunId = params::id(&id, "run")?;
    let stream = StreamId::of(Kind::SyncRun, id.0);
    resource::shown(&state, &caller, "v_integration_sync_logs", (&stream, "run")).await
}
