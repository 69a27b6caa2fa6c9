//! `POST /v1/webhooks/{provider}`

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::take::take;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Takes a provider's webhook, signed with the app's secret; each event goes to the integrations of its company.
#[utoipa::path(post, path = "/webhooks/{provider}", tag = "webhooks", params(("provider" = String, Path)),
    request_body = Object, responses((status = 200)))]
pub(super) async fn receive(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    take(&state, (provider, None), request).await
}
