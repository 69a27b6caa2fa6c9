//! `DELETE /v1/integration_mappings/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::integration::IntegrationCommand;

use super::super::parts::{command, owner};
use super::WHAT;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Removes a configuration mapping.
#[utoipa::path(delete, path = "/integration_mappings/{id}", tag = "configuration mappings", params(("id" = String, Path)),
    responses((status = 200, body = Done)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (integration, id) =
        owner(&state, &caller, (&id, WHAT), |known| &known.configuration_mappings).await?;
    let remove = IntegrationCommand::RemoveConfigurationMapping { id };
    Ok(answer::changed(&id, command(&state, &caller, integration, remove).await?))
}
