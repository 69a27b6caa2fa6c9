//! `POST /v1/integrations/{id}/operations/{operation}`

use std::collections::BTreeMap;

use application::command_handlers::Operated;
use application::ports::connector::Asked;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use domain::fields::Fields;
use domain::ids::IntegrationId;
use domain::submission::SubmissionStatus;
use serde::Deserialize;
use utoipa::ToSchema;

use super::shape::{AnswerShape, SubmissionShape};
use crate::http::answer;
use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What is asked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OperateBody {
    /// The parameters, as the operation lists them.
    #[schema(value_type = Object)]
    parameters: Fields,
    /// Facts of the person's own request, where the provider wants them (`public_ip`, `device_id` …).
    context: BTreeMap<String, String>,
}

/// Asks a lookup, or hands a submission in. A lookup answers 200 with its result; a submission 200 once it is taken,
/// 422 when it is refused, and after ten seconds 202 with the submission to watch.
#[utoipa::path(post, path = "/integrations/{id}/operations/{operation}", tag = "provider operations",
    params(("id" = String, Path), ("operation" = String, Path)), request_body = OperateBody,
    responses((status = 200, body = AnswerShape, description = "A lookup's answer; of a submission, the submission."),
        (status = 202, body = SubmissionShape)))]
pub(super) async fn operate(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, operation)): Path<(String, String)>,
    MaybeBody(OperateBody { parameters, context }): MaybeBody<OperateBody>,
) -> Result<Response, Problem> {
    let integration: IntegrationId = params::id(&id, "integration")?;
    let asked = Asked { operation, parameters, context };
    let found = match state.desk.operate(&caller.envelope(), integration, asked).await? {
        Operated::Answered(answered) => {
            let shown = AnswerShape { result: answered.result, known: answered.known };
            return Ok(Json(shown).into_response());
        }
        Operated::Submitted(found) => *found,
    };
    if let (SubmissionStatus::Rejected, Some(refusal)) = (found.state.status, &found.state.refusal) {
        return Err(Problem::of_submission(refusal));
    }
    let over = found.state.status.is_over();
    let result = state.desk.answer_to(caller.organization, &found.state).await?;
    let shown = SubmissionShape::of(found, result);
    let place = shown.place(&id);
    Ok(if over { Json(shown).into_response() } else { answer::started(&place, shown) })
}
