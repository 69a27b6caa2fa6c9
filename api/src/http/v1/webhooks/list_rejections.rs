//! `GET /v1/webhooks/rejections`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::rejections::Rejected;
use crate::http::state::AppState;

/// Rejections shown.
const SHOWN: usize = 100;

/// Webhooks that were not taken since this process started.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RejectionList {
    /// How many for each reason.
    counts: BTreeMap<&'static str, u64>,
    /// The last ones, the newest first.
    items: Vec<Rejected>,
}

/// Shows webhooks that were not taken, and why.
#[utoipa::path(get, path = "/webhooks/rejections", tag = "webhooks", responses((status = 200, body = RejectionList)))]
pub(super) async fn list_rejections(State(state): State<AppState>) -> Json<RejectionList> {
    Json(RejectionList { counts: state.rejections.counts(), items: state.rejections.last(SHOWN) })
}
