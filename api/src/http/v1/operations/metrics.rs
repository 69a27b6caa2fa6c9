//! `GET /metrics`

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Counters and gauges in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, content_type = "text/plain", body = String)))]
pub(super) async fn metrics(State(state): State<AppState>) -> Result<impl IntoResponse, Problem> {
    measure(&state).await?;
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, state.metrics.render()))
}

/// Gauges that are looked up when asked for.
async fn measure(state: &AppState) -> Result<(), Problem> {
    let head = state.log().head().await?;
    let depth = state.queue.depth().await?;
    gauge("headwater_log_position", head);
    gauge("headwater_jobs_waiting", depth.waiting);
    gauge("headwater_jobs_running", depth.running);
    gauge("headwater_jobs_parked", depth.parked);
    for (name, position) in state.checkpoints.list().await? {
        let behind = head.saturating_sub(position);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge is a float; positions stay below 2^52 for centuries"
        )]
        ::metrics::gauge!("headwater_subscription_lag_positions", "subscription" => name).set(behind as f64);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; positions stay below 2^52 for centuries")]
fn gauge(name: &'static str, value: u64) {
    ::metrics::gauge!(name).set(value as f64);
}
