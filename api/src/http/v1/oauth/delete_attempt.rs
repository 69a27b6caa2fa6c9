//! `DELETE /v1/oauth/attempts/{id}`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Forgets an authorization; a callback that comes later is refused.
#[utoipa::path(delete, path = "/oauth/attempts/{id}", tag = "oauth", params(("id" = String, Path)),
    responses((status = 204)))]
pub(super) async fn delete_attempt(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: Uuid = params::id(&id, "attempt")?;
    state.desk.cancel_connecting(&caller.envelope(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
