//! `DELETE /v1/integrations/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::etag::IfMatch;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// How to delete.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeleteParams {
    /// Cancels active runs instead of refusing.
    #[serde(default)]
    force: bool,
}

/// Deletes an integration with its credentials and webhooks; refused while runs are active unless `force=true`.
#[utoipa::path(delete, path = "/integrations/{id}", tag = "integrations",
    params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed."), DeleteParams), responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    Params(DeleteParams { force }): Params<DeleteParams>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let done = state.desk.delete_integration(&caller.envelope(), id, (force, expected.0)).await?;
    Ok(answer::changed(&id, done))
}
