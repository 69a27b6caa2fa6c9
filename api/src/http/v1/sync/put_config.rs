//! `POST /v1/integrations/{id}/sync/config`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_configs::{ConfigDone, SettingsBody, written};

/// Creates the sync config of a pair of entities, or changes the one there is. Without `field_mappings` a new one gets
/// the manifest's.
#[utoipa::path(post, path = "/integrations/{id}/sync/config", tag = "sync", params(("id" = String, Path)),
    request_body = SettingsBody,
    responses((status = 201, body = ConfigDone), (status = 200, body = ConfigDone)))]
pub(super) async fn put_config(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<SettingsBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    Ok(written(&state.desk.put_sync_config(&caller.envelope(), body.into_config(id)?).await?))
}
