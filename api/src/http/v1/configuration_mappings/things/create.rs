//! `POST /v1/integration_mappings`

use axum::extract::State;
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::integration::IntegrationCommand;

use super::super::parts::command;
use super::shape::MappingBody;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Sets a configuration mapping; a second one for the same thing takes the first one's place and id.
#[utoipa::path(post, path = "/integration_mappings", tag = "configuration mappings", request_body = MappingBody,
    responses((status = 201, body = Done)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<MappingBody>,
) -> Result<Response, Problem> {
    let named = body.integration_id.map(IntegrationId);
    let integration = named.ok_or_else(|| Problem::invalid("integration_id", "name the integration"))?;
    let id = state.ids().next();
    let set = IntegrationCommand::SetConfigurationMapping(Box::new(body.into_part(id)));
    let done = command(&state, &caller, integration, set).await?;
    Ok(answer::created("/v1/integration_mappings", &id, done))
}
