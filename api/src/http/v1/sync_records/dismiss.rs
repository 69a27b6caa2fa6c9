//! `POST /v1/sync-records/{id}/dismiss`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::sync_record::{SyncRecord, SyncRecordCommand};

use super::record_of;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Sets a record's error aside until one of its sides changes.
#[utoipa::path(post, path = "/sync-records/{id}/dismiss", tag = "sync records", params(("id" = String, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn dismiss(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let stream = record_of(&state, &caller, &id).await?.stream();
    let command = |_: &SyncRecord| SyncRecordCommand::DismissError;
    let done = state.dispatcher.dispatch::<SyncRecord>(&caller.envelope(), &stream, command).await?;
    Ok(answer::changed(&stream.id, done))
}
