//! `GET /v1/integrations/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::stream::{Kind, StreamId};

use super::VIEW;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{params, resource};

/// Shows an integration. Credentials never come back, only whether there are some.
#[utoipa::path(get, path = "/integrations/{id}", tag = "integrations", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    resource::shown(&state, &caller, VIEW, (&StreamId::of(Kind::Integration, id.0), "integration")).await
}
