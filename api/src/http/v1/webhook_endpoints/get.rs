//! `GET /v1/webhook-endpoints/{id}`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::WebhookEndpointId;

use super::shape::EndpointShape;
use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Shows an endpoint.
#[utoipa::path(get, path = "/webhook-endpoints/{id}", tag = "webhook endpoints", params(("id" = String, Path)),
    responses((status = 200, body = EndpointShape)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    let owned = state.desk.endpoint_of(caller.organization, id).await?;
    Ok(with_version(Some(owned.version), Json(EndpointShape::of(id, &owned))))
}
