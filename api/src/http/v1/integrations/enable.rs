//! `POST /v1/integrations/{id}/enable`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Enables an integration. Needs the credentials that its provider requires and a confirmed connection.
#[utoipa::path(post, path = "/integrations/{id}/enable", tag = "integrations", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    responses((status = 200, body = Done)))]
pub(super) async fn enable(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let facts = state.desk.facts_of(caller.organization, id).await?;
    let stream = StreamId::of(Kind::Integration, id.0);
    let command = |_: &Integration| IntegrationCommand::Enable { facts: facts.clone(), automatic: false };
    let done = state.desk.change::<Integration>(&caller.envelope(), &stream, expected.0, command).await?;
    Ok(answer::changed(&id, done))
}
