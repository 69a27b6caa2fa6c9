//! `POST /v1/integrations/{id}/realms/select`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which company.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SelectRealmBody {
    /// One of `GET …/realms`.
    realm_id: String,
    /// Whether another company than before is meant; its links are ended then.
    #[serde(default)]
    change_realm: bool,
}

/// Connects an integration to one of the companies that its credentials give.
#[utoipa::path(post, path = "/integrations/{id}/realms/select", tag = "integrations", params(("id" = String, Path)),
    request_body = SelectRealmBody, responses((status = 200, body = Done)))]
pub(super) async fn select_realm(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<SelectRealmBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let done = state.desk.select_realm(&caller.envelope(), id, (&body.realm_id, body.change_realm)).await?;
    Ok(answer::changed(&id, done))
}
