//! `GET /v1/integrations/{id}/submissions/{sid}`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::stream::Kind;

use super::shape::SubmissionShape;
use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

/// Shows a submission and what became of it. Its id stands percent-encoded in the path, or as base64url.
#[utoipa::path(get, path = "/integrations/{id}/submissions/{sid}", tag = "provider operations",
    params(("id" = String, Path), ("sid" = String, Path)), responses((status = 200, body = SubmissionShape)))]
pub(super) async fn submission(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, sid)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let stream = resource::composed(Kind::Submission, &sid);
    let (found, result) = state.desk.submission(caller.organization, id, &stream).await?;
    Ok(with_version(Some(found.version), Json(SubmissionShape::of(found, result))))
}
