//! `POST /v1/integrations/{id}/disconnect`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DisconnectBody {
    /// Why, for people.
    reason: Option<String>,
}

/// Gives the connection and its credentials up; records stay linked.
#[utoipa::path(post, path = "/integrations/{id}/disconnect", tag = "integrations", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    request_body = Option<DisconnectBody>, responses((status = 200, body = Done)))]
pub(super) async fn disconnect(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    MaybeBody(body): MaybeBody<DisconnectBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let done = state.desk.disconnect(&caller.envelope(), id, (body.reason, expected.0)).await?;
    Ok(answer::changed(&id, done))
}
