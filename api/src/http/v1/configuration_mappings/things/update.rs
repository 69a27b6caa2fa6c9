//! `PUT /v1/integration_mappings/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::integration::IntegrationCommand;

use super::super::parts::{command, owner};
use super::WHAT;
use super::shape::MappingBody;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Replaces a configuration mapping.
#[utoipa::path(put, path = "/integration_mappings/{id}", tag = "configuration mappings", params(("id" = String, Path)),
    request_body = MappingBody, responses((status = 200, body = Done)))]
pub(super) async fn update(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<MappingBody>,
) -> Result<Response, Problem> {
    let (integration, id) =
        owner(&state, &caller, (&id, WHAT), |known| &known.configuration_mappings).await?;
    if body.integration_id.is_some_and(|named| named != integration.0) {
        return Err(Problem::invalid("integration_id", "it belongs to another integration: leave it out"));
    }
    let set = IntegrationCommand::SetConfigurationMapping(Box::new(body.into_part(id)));
    Ok(answer::changed(&id, command(&state, &caller, integration, set).await?))
}
