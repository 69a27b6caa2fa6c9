//! `POST /v1/projects/{id}/records/{entity}/{local_id}/send`

use application::command_handlers::Sending;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use domain::ids::IntegrationId;
use domain::stream::LocalRecordKey;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sync_state::StateShape;
use super::whose::records_of;
use crate::http::answer;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendBody {
    /// The integration that sends it.
    integration_id: Uuid,
}

/// Sends a record now. Answers 200 with its outcome, or after ten seconds 202 with the state to watch.
#[utoipa::path(post, path = "/projects/{id}/records/{entity}/{local_id}/send", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path), ("local_id" = String, Path)), request_body = SendBody,
    responses((status = 200, body = StateShape), (status = 202, body = StateShape)))]
pub(super) async fn send(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity, local_id)): Path<(String, String, String)>,
    Body(SendBody { integration_id }): Body<SendBody>,
) -> Result<Response, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let place = format!("/v1/projects/{id}/records/{entity}/{local_id}/sync-state");
    let record = LocalRecordKey { project: of.project, entity: of.entity.into(), local_id };
    let integration = IntegrationId(integration_id);
    let sending = Sending { organization: caller.organization, record, integration };
    let found = state.desk.send_record(&sending).await?;
    let settled = found.settled;
    let shown = StateShape::from(found);
    Ok(if settled { Json(shown).into_response() } else { answer::started(&place, shown) })
}
