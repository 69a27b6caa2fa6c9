//! `DELETE /v1/sync-configs/{id}`

use application::command_handlers::Within as _;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncConfigId;
use domain::stream::{Kind, StreamId};
use domain::sync_config::{SyncConfig, SyncConfigCommand};

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Ends a sync config; its records are no longer kept in step.
#[utoipa::path(delete, path = "/sync-configs/{id}", tag = "sync configs", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    state.desk.routes().await?.config_of(caller.organization, id)?;
    let stream = StreamId::of(Kind::SyncConfig, id.0);
    let command = |_: &SyncConfig| SyncConfigCommand::Delete;
    let done = state.desk.change::<SyncConfig>(&caller.envelope(), &stream, expected.0, command).await?;
    Ok(answer::changed(&id, done))
}
