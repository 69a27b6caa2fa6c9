//! `POST /v1/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::ids::WebhookEndpointId;

use crate::http::at_least;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Sends one change to an endpoint again, with the `webhook-id` it had.
#[utoipa::path(post, path = "/webhook-endpoints/{id}/deliveries/{delivery_id}/redeliver",
    tag = "webhook endpoints", params(("id" = String, Path), ("delivery_id" = String, Path)),
    responses((status = 202, description = "It is sent; the list of deliveries shows what becomes of it.")))]
pub(super) async fn redeliver_one(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    let position = at_least::decode(&delivery).ok_or_else(|| Problem::not_found("delivery"))?;
    state.desk.redeliver_webhook(caller.organization, id, position).await?;
    Ok(StatusCode::ACCEPTED)
}
