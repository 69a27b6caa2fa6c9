//! `POST /v1/integrations/{id}/disable`

use application::command_handlers::Within as _;
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

/// Disables an integration: it sends and receives nothing until it is enabled again.
#[utoipa::path(post, path = "/integrations/{id}/disable", tag = "integrations", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    responses((status = 200, body = Done)))]
pub(super) async fn disable(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    state.desk.routes().await?.integration_of(caller.organization, id)?;
    let stream = StreamId::of(Kind::Integration, id.0);
    let command = |_: &Integration| IntegrationCommand::Disable { reason: None, automatic: false };
    let done = state.desk.change::<Integration>(&caller.envelope(), &stream, expected.0, command).await?;
    Ok(answer::changed(&id, done))
}
