//! `DELETE /v1/webhook-endpoints/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::WebhookEndpointId;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Ends an endpoint; its address and secrets are removed.
#[utoipa::path(delete, path = "/webhook-endpoints/{id}", tag = "webhook endpoints",
    params(("id" = String, Path)), responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    Ok(answer::changed(&id, state.desk.delete_webhook_endpoint(&caller.envelope(), id).await?))
}
