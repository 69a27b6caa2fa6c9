//! `GET /v1/projects/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::ProjectId;
use domain::stream::{Kind, StreamId};

use super::VIEW;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{params, resource};

/// Shows a project.
#[utoipa::path(get, path = "/projects/{id}", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Object)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: ProjectId = params::id(&id, "project")?;
    resource::shown(&state, &caller, VIEW, (&StreamId::of(Kind::Project, id.0), "project")).await
}
