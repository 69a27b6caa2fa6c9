//! `GET /v1/integrations/{id}/webhooks/events/{eid}`

use axum::extract::{Path, State};
use axum::response::Response;

use super::whose::delivery_of;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

/// Shows a delivery. `{eid}` is the provider's event id, or the delivery's own.
#[utoipa::path(get, path = "/integrations/{id}/webhooks/events/{eid}", tag = "webhooks",
    params(("id" = String, Path), ("eid" = String, Path)), responses((status = 200, body = Object)))]
pub(super) async fn get_event(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let stream = delivery_of(&state, &caller, (&id, &event)).await?;
    resource::shown(&state, &caller, "v_webhook_events", (&stream, "delivery")).await
}
