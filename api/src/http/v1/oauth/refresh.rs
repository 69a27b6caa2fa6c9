//! `POST /v1/oauth/{provider}/refresh`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Whose tokens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshBody {
    /// The integration.
    integration_id: Uuid,
}

/// Refreshes the tokens of an integration now.
#[utoipa::path(post, path = "/oauth/{provider}/refresh", tag = "oauth", params(("provider" = String, Path)),
    request_body = RefreshBody, responses((status = 200, body = Done)))]
pub(super) async fn refresh(
    State(state): State<AppState>,
    caller: Caller,
    Path(provider): Path<String>,
    Body(body): Body<RefreshBody>,
) -> Result<Response, Problem> {
    state.desk.provider(&provider)?;
    let id = IntegrationId(body.integration_id);
    let done = state.desk.refresh_tokens(&caller.envelope(), (&provider, id)).await?;
    Ok(answer::changed(&id, done))
}
