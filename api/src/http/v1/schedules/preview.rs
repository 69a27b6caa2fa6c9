//! `POST /v1/schedules/preview`

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_configs::read_schedule;

/// Times shown at most.
const MOST: usize = 100;

/// A schedule to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// A cron expression, `{"cron", "time_zone"}` or `{"minutes"}`.
    #[schema(value_type = Object)]
    schedule: Value,
    /// How many times; 5 unless given, at most 100.
    count: Option<usize>,
    /// From when; now unless given.
    from: Option<DateTime<Utc>>,
}

/// When it would run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreviewAnswer {
    /// The next times.
    next: Vec<DateTime<Utc>>,
}

/// Says when a schedule would run.
#[utoipa::path(post, path = "/schedules/preview", tag = "sync configs", request_body = PreviewBody,
    responses((status = 200, body = PreviewAnswer)))]
pub(super) async fn preview(
    State(state): State<AppState>,
    Body(body): Body<PreviewBody>,
) -> Result<Json<PreviewAnswer>, Problem> {
    let schedule = read_schedule(body.schedule)?;
    let schedule = schedule.ok_or_else(|| Problem::invalid("schedule", "give a schedule to look at"))?;
    let from = body.from.unwrap_or_else(|| state.clock().now());
    Ok(Json(PreviewAnswer { next: schedule.preview(from, body.count.unwrap_or(5).min(MOST)) }))
}
