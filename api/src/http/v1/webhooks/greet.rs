//! `GET /v1/webhooks/{provider}`

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::take::take;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Answers a provider that asks whether anybody is there before it sends webhooks.
#[utoipa::path(get, path = "/webhooks/{provider}", tag = "webhooks", params(("provider" = String, Path)),
    responses((status = 200, body = String)))]
pub(super) async fn greet(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    take(&state, (provider, None), request).await
}
