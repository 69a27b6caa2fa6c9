//! `DELETE /v1/entity-mappings/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::sync_record::{SyncRecord, SyncRecordCommand};

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_records::record_of;

/// Unlinks a pair. Neither record is touched.
#[utoipa::path(delete, path = "/entity-mappings/{id}", tag = "entity mappings", params(("id" = String, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn unlink(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let stream = record_of(&state, &caller, &id).await?.stream();
    let command = |_: &SyncRecord| SyncRecordCommand::Unlink { reason: "a person said so".to_owned() };
    let done = state.dispatcher.dispatch::<SyncRecord>(&caller.envelope(), &stream, command).await?;
    Ok(answer::changed(&stream.id, done))
}
