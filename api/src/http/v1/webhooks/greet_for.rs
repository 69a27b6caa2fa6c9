//! `GET /v1/webhooks/{provider}/{integration}`

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::take::take;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Answers a provider that asks whether anybody is there before it sends webhooks for one integration.
#[utoipa::path(get, path = "/webhooks/{provider}/{integration}", tag = "webhooks",
    params(("provider" = String, Path), ("integration" = String, Path)), responses((status = 200, body = String)))]
pub(super) async fn greet_for(
    State(state): State<AppState>,
    Path((provider, integration)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let integration = params::id(&integration, "integration")?;
    take(&state, (provider, Some(integration)), request).await
}
