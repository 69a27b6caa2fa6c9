//! `PUT /v1/sync-configs/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncConfigId;

use super::{ConfigDone, SettingsBody, written};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Changes a sync config; what is absent stays. Its entities never change.
#[utoipa::path(put, path = "/sync-configs/{id}", tag = "sync configs", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    request_body = SettingsBody, responses((status = 200, body = ConfigDone)))]
pub(super) async fn put(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    Body(body): Body<SettingsBody>,
) -> Result<Response, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    body.check_unchanging()?;
    let settings = body.into_settings()?;
    Ok(written(&state.desk.change_sync_config(&caller.envelope(), id, settings, expected.0).await?))
}
