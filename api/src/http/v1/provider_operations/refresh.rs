//! `POST /v1/integrations/{id}/reference/{kind}/refresh`

use axum::Json;
use axum::extract::{Path, State};

use super::shape::CodesShape;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Asks the provider for a list of codes anew, and shows it.
#[utoipa::path(post, path = "/integrations/{id}/reference/{kind}/refresh", tag = "provider operations",
    params(("id" = String, Path), ("kind" = String, Path)), responses((status = 200, body = CodesShape)))]
pub(super) async fn refresh(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Json<CodesShape>, Problem> {
    let id = params::id(&id, "integration")?;
    Ok(Json(state.desk.reference(caller.organization, id, (&kind, true)).await?.into()))
}
