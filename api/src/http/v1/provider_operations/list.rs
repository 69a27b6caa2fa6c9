//! `GET /v1/integrations/{id}/operations`

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::OperationShape;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Operations of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OperationList {
    /// The operations.
    items: Vec<OperationShape>,
}

/// Lists what the integration's provider can be asked, with the parameters.
#[utoipa::path(get, path = "/integrations/{id}/operations", tag = "provider operations",
    params(("id" = String, Path)), responses((status = 200, body = OperationList)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OperationList>, Problem> {
    let id = params::id(&id, "integration")?;
    let operations = state.desk.operations(caller.organization, id).await?;
    Ok(Json(OperationList { items: operations.into_iter().map(OperationShape::from).collect() }))
}
