//! `GET /v1/integrations/{id}/submissions`

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use domain::stream::Kind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::shape::SubmissionShape;
use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

/// Submissions of a page, unless another number is asked for.
const USUAL: usize = 50;
/// Most submissions of a page.
const MOST: usize = 200;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// The `next` of the page before.
    after: Option<String>,
    /// Submissions of a page; 50 unless given, at most 200.
    limit: Option<usize>,
}

/// Submissions of an integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubmissionList {
    /// The submissions, by their ids.
    items: Vec<SubmissionShape>,
    /// Give it as `after` for the next page; null at the end.
    next: Option<String>,
}

/// Lists what was handed in through the integration.
#[utoipa::path(get, path = "/integrations/{id}/submissions", tag = "provider operations",
    params(("id" = String, Path), Paging), responses((status = 200, body = SubmissionList)))]
pub(super) async fn submissions(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(Paging { after, limit }): Params<Paging>,
) -> Result<Json<SubmissionList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let after = after.map(|place| resource::composed(Kind::Submission, &place).id);
    let found = state.desk.submissions(caller.organization, id, (after.as_deref(), limit)).await?;
    let items: Vec<SubmissionShape> =
        found.into_iter().map(|found| SubmissionShape::of(found, None)).collect();
    let next = items.last().filter(|_| items.len() == limit).map(|last| resource::in_path(&last.id));
    Ok(Json(SubmissionList { items, next }))
}
