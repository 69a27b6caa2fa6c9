//! `GET /v1/integrations/{id}/reference/{kind}`

use axum::Json;
use axum::extract::{Path, State};

use super::shape::CodesShape;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Shows a list of the provider's codes and what they mean, as it was asked for within the last day.
#[utoipa::path(get, path = "/integrations/{id}/reference/{kind}", tag = "provider operations",
    params(("id" = String, Path), ("kind" = String, Path)), responses((status = 200, body = CodesShape)))]
pub(super) async fn reference(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Json<CodesShape>, Problem> {
    let id = params::id(&id, "integration")?;
    Ok(Json(state.desk.reference(caller.organization, id, (&kind, false)).await?.into()))
}
