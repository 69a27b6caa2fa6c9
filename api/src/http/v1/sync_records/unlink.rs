//! `POST /v1/sync-records/{id}/unlink`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::sync_record::{SyncRecord, SyncRecordCommand};
use serde::Deserialize;
use utoipa::ToSchema;

use super::record_of;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnlinkBody {
    /// Why, for people.
    reason: Option<String>,
}

/// Stops keeping a pair in step. Neither record is touched.
#[utoipa::path(post, path = "/sync-records/{id}/unlink", tag = "sync records", params(("id" = String, Path)),
    request_body = Option<UnlinkBody>, responses((status = 200, body = Done)))]
pub(super) async fn unlink(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    MaybeBody(UnlinkBody { reason }): MaybeBody<UnlinkBody>,
) -> Result<Response, Problem> {
    let stream = record_of(&state, &caller, &id).await?.stream();
    let reason = reason.unwrap_or_else(|| "a person said so".to_owned());
    let command = |_: &SyncRecord| SyncRecordCommand::Unlink { reason: reason.clone() };
    let done = state.dispatcher.dispatch::<SyncRecord>(&caller.envelope(), &stream, command).await?;
    Ok(answer::changed(&stream.id, done))
}
