//! `GET /v1/sync-configs/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncConfigId;
use domain::stream::{Kind, StreamId};

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{params, resource};

/// Shows a sync config. Its mapping stands under `…/mapping`.
#[utoipa::path(get, path = "/sync-configs/{id}", tag = "sync configs", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    let stream = StreamId::of(Kind::SyncConfig, id.0);
    resource::shown(&state, &caller, "v_sync_configs", (&stream, "sync config")).await
}
