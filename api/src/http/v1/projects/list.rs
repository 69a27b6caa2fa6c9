//! `GET /v1/projects`

use axum::Json;
use axum::extract::State;
use projections::projects::ProjectFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which projects.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProjectParams {
    /// Archived ones, or live ones.
    archived: Option<bool>,
}

/// Lists projects.
#[utoipa::path(get, path = "/projects", tag = "projects", params(ProjectParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<ProjectParams>,
) -> Result<Json<Listing>, Problem> {
    let organization = caller.organization;
    let filter = ProjectFilter { organization, country_code: None, archived: listed.filter.archived };
    page::answer(&state, &filter, &listed.page).await
}
