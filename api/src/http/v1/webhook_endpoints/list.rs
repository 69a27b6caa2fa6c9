//! `GET /v1/webhook-endpoints`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::EndpointShape;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The organization's endpoints.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Endpoints {
    /// All of them, the oldest first.
    items: Vec<EndpointShape>,
}

/// Lists endpoints.
#[utoipa::path(get, path = "/webhook-endpoints", tag = "webhook endpoints",
    responses((status = 200, body = Endpoints)))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Endpoints>, Problem> {
    let routes = state.desk.routes().await?;
    let own = routes
        .endpoints
        .iter()
        .filter(|(_, owned)| owned.organization == caller.organization && !owned.state.deleted);
    Ok(Json(Endpoints { items: own.map(|(id, owned)| EndpointShape::of(*id, owned)).collect() }))
}
