//! `GET /v1/oauth/{provider}/authorize`

use application::command_handlers::{Connect, Connecting};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{DEFAULT_PROJECT, IntegrationId, ProjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What to connect.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuthorizeParams {
    /// The project; the default one unless given.
    project_id: Option<Uuid>,
    /// The integration to reconnect.
    integration_id: Option<Uuid>,
    /// Where the provider sends the browser back, from the allow-list.
    redirect_uri: Option<String>,
    /// Given back when it ends.
    additional_data: Option<String>,
}

/// Begins an authorization and sends the browser to the provider.
#[utoipa::path(get, path = "/oauth/{provider}/authorize", tag = "oauth",
    params(("provider" = String, Path), AuthorizeParams), responses((status = 303)))]
pub(super) async fn authorize(
    State(state): State<AppState>,
    caller: Caller,
    Path(provider): Path<String>,
    Params(asked): Params<AuthorizeParams>,
) -> Result<Response, Problem> {
    let connect = Connect {
        provider,
        project: asked.project_id.map_or(DEFAULT_PROJECT, ProjectId),
        integration: asked.integration_id.map(IntegrationId),
        redirect_uri: asked.redirect_uri,
        additional_data: asked.additional_data,
        change_realm: false,
    };
    match state.desk.connect(&caller.envelope(), connect).await? {
        Connecting::Authorize { url, .. } => Ok(Redirect::to(&url).into_response()),
        Connecting::Setup { .. } => Err(no_oauth()),
    }
}

fn no_oauth() -> Problem {
    let detail =
        "the provider does not authorize in a browser: PUT …/credentials with what its setup form asks for";
    Problem::new(StatusCode::CONFLICT, "no_oauth", detail).about("provider")
}
