//! `GET /readyz`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The process can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ready {
    /// Always true; otherwise the answer is a problem.
    ready: bool,
    /// Jobs waiting, due or not.
    jobs_waiting: u64,
    /// Jobs that only a person can help.
    jobs_parked: u64,
}

/// Says whether log and queue answer.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = Ready)))]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<Json<Ready>, Problem> {
    state.log().head().await?;
    let depth = state.queue.depth().await?;
    Ok(Json(Ready { ready: true, jobs_waiting: depth.waiting, jobs_parked: depth.parked }))
}
