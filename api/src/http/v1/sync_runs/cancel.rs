//! `POST /v1/sync-runs/{id}/cancel`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::sync_run::{SyncRun, SyncRunCommand};
use serde::Deserialize;
use utoipa::ToSchema;

use super::filter::run_of;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelBody {
    /// Why, for people.
    reason: Option<String>,
}

/// Stops a run after its present page.
#[utoipa::path(post, path = "/sync-runs/{id}/cancel", tag = "sync runs", params(("id" = String, Path)),
    request_body = Option<CancelBody>, responses((status = 200, body = Done)))]
pub(super) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    MaybeBody(CancelBody { reason }): MaybeBody<CancelBody>,
) -> Result<Response, Problem> {
    let (id, stream, _) = run_of(&state, &caller, &id).await?;
    let command = |_: &SyncRun| SyncRunCommand::Cancel { reason: reason.clone() };
    let done = state.dispatcher.dispatch::<SyncRun>(&caller.envelope(), &stream, command).await?;
    Ok(answer::changed(&id, done))
}
