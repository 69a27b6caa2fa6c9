//! `GET /v1/integration_collection_mappings`

use axum::Json;
use axum::extract::State;

use super::super::parts::{PartList, PartParams, page};
use super::shape::CollectionShape;
use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists collection mappings.
#[utoipa::path(get, path = "/integration_collection_mappings", tag = "configuration mappings", params(PartParams),
    responses((status = 200, body = PartList<CollectionShape>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<PartParams>,
) -> Result<Json<PartList<CollectionShape>>, Problem> {
    let routes = state.desk.routes().await?;
    Ok(Json(page(
        (&routes, &caller),
        &asked,
        |integration| &integration.collection_mappings,
        CollectionShape::of,
    )))
}
