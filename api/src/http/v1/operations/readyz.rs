//! `GET /readyz`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::state::AppState;

/// One of the views; they are published together.
const VIEW: &str = "v_projects";

/// The process can do its work.
#[expect(clippy::struct_field_names, reason = "the names of the interface")]
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ready {
    /// Always true; otherwise the answer is a problem.
    ready: bool,
    /// Jobs waiting, due or not.
    jobs_waiting: u64,
    /// Jobs that only a person can help.
    jobs_parked: u64,
}

/// Says whether log and queue answer and the views are there.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = Ready)))]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<Json<Ready>, Problem> {
    state.log().head().await?;
    // Before its projections have run once, a new database has no views.
    if state.read_store.count(VIEW, &[], 1).await.is_err() {
        let detail = "the views are being made: ask again in a moment";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail)
            .retry_after(Duration::from_secs(1)));
    }
    let depth = state.queue.depth().await?;
    Ok(Json(Ready { ready: true, jobs_waiting: depth.waiting, jobs_parked: depth.parked }))
}
