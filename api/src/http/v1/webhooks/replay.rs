//! `POST /v1/integrations/{id}/webhooks/events/{eid}/replay`

use axum::extract::{Path, State};
use axum::response::Response;

use super::whose::delivery_of;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Has a delivery processed again.
#[utoipa::path(post, path = "/integrations/{id}/webhooks/events/{eid}/replay", tag = "webhooks",
    params(("id" = String, Path), ("eid" = String, Path)), responses((status = 202, body = Done)))]
pub(super) async fn replay(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let stream = delivery_of(&state, &caller, (&id, &event)).await?;
    let done = state.desk.replay_webhook(&caller.envelope(), &stream).await?;
    let place =
        format!("/v1/integrations/{id}/webhooks/events/{}", crate::http::resource::in_path(&stream.id));
    Ok(answer::started(&place, Done::of(&stream.id, done)))
}
