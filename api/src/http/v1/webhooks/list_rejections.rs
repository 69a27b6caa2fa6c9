//! `GET /v1/webhooks/rejections`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Rejections shown.
const SHOWN: usize = 100;

/// A webhook that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RejectedShape {
    /// The provider it was sent for, as the path says.
    provider: String,
    /// Why.
    reason: String,
    /// Bytes of its body.
    size: u64,
    /// When.
    at: DateTime<Utc>,
}

/// Webhooks that were not taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RejectionList {
    /// How many for each reason.
    counts: BTreeMap<String, u64>,
    /// The last ones, the newest first.
    items: Vec<RejectedShape>,
}

/// Shows webhooks that were not taken, and why.
#[utoipa::path(get, path = "/webhooks/rejections", tag = "webhooks", responses((status = 200, body = RejectionList)))]
pub(super) async fn list_rejections(State(state): State<AppState>) -> Result<Json<RejectionList>, Problem> {
    let shown = state.rejections.shown(SHOWN).await?;
    let one = |(provider, reason, size, at)| RejectedShape { provider, reason, size, at };
    Ok(Json(RejectionList { counts: shown.counts, items: shown.last.into_iter().map(one).collect() }))
}
