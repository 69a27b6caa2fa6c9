//! `DELETE /v1/projects/{id}/records/{entity}/{local_id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::local_record::{DeleteRecord, LocalRecord, LocalRecordCommand, Source};
use domain::stream::LocalRecordKey;

use super::whose::records_of;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Deletes a record; its history stays, and a later put continues it.
#[utoipa::path(delete, path = "/projects/{id}/records/{entity}/{local_id}", tag = "records",
    params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed."), ("entity" = String, Path), ("local_id" = String, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    (caller, if_match): (Caller, IfMatch),
    Path((id, entity, local_id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let key = LocalRecordKey { project: of.project, entity: of.entity.into(), local_id };
    let command = |_: &LocalRecord| {
        LocalRecordCommand::Delete(DeleteRecord { if_match: if_match.0, source: Source::Client })
    };
    let done = state.dispatcher.dispatch::<LocalRecord>(&caller.envelope(), &key.stream(), command).await?;
    Ok(answer::changed(&key.local_id, done))
}
