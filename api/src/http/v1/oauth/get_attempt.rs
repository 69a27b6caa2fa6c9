//! `GET /v1/oauth/attempts/{id}`

use axum::Json;
use axum::extract::{Path, State};
use uuid::Uuid;

use super::attempt::AttemptShape;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// How an authorization stands.
#[utoipa::path(get, path = "/oauth/attempts/{id}", tag = "oauth", params(("id" = String, Path)),
    responses((status = 200, body = AttemptShape)))]
pub(super) async fn get_attempt(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<AttemptShape>, Problem> {
    let id: Uuid = params::id(&id, "attempt")?;
    let attempt = state.oauth_attempts.get(caller.organization, id).await?;
    let attempt = attempt.ok_or_else(|| Problem::not_found("attempt"))?;
    Ok(Json(AttemptShape::of(&attempt, state.clock().now())))
}
