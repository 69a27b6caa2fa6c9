//! `GET /v1/integration_mappings`

use axum::Json;
use axum::extract::State;

use super::super::parts::{PartList, PartParams, page};
use super::shape::MappingShape;
use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists configuration mappings.
#[utoipa::path(get, path = "/integration_mappings", tag = "configuration mappings", params(PartParams),
    responses((status = 200, body = PartList<MappingShape>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<PartParams>,
) -> Result<Json<PartList<MappingShape>>, Problem> {
    let routes = state.desk.routes().await?;
    Ok(Json(page(
        (&routes, &caller),
        &asked,
        |integration| &integration.configuration_mappings,
        MappingShape::of,
    )))
}
