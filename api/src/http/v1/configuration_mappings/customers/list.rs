//! `GET /v1/integration_customers`

use axum::Json;
use axum::extract::State;

use super::super::parts::{PartList, PartParams, page};
use super::shape::CustomerShape;
use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists customers.
#[utoipa::path(get, path = "/integration_customers", tag = "configuration mappings", params(PartParams),
    responses((status = 200, body = PartList<CustomerShape>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<PartParams>,
) -> Result<Json<PartList<CustomerShape>>, Problem> {
    let routes = state.desk.routes().await?;
    Ok(Json(page((&routes, &caller), &asked, |integration| &integration.customers, CustomerShape::of)))
}
