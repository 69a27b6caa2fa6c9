//! `POST /v1/webhooks/{provider}/{integration}`

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::take::take;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Takes a provider's webhook for one integration, signed with its secret or the app's.
#[utoipa::path(post, path = "/webhooks/{provider}/{integration}", tag = "webhooks",
    params(("provider" = String, Path), ("integration" = String, Path)), request_body = Object,
    responses((status = 200)))]
pub(super) async fn receive_for(
    State(state): State<AppState>,
    Path((provider, integration)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let integration = params::id(&integration, "integration")?;
    take(&state, (provider, Some(integration)), request).await
}
