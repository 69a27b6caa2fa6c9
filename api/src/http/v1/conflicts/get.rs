//! `GET /v1/conflicts/{id}`

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::row;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Shows a conflict: `collisions` has both sides and their base, field by field.
#[utoipa::path(get, path = "/conflicts/{id}", tag = "conflicts", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    row(&state, &caller, &id).await.map(Json)
}
