//! `DELETE /api/v1/integrations/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Disconnects an integration; it stays, with its links and settings.
#[utoipa::path(delete, path = "/integrations/{id}", tag = "integrations", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    responses((status = 200, body = Done)))]
pub(super) async fn disconnect_by_delete(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let done = state.desk.disconnect(&caller.envelope(), id, (None, expected.0)).await?;
    Ok(answer::changed(&id, done))
}
