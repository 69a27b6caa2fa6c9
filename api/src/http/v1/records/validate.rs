//! `POST /v1/projects/{id}/records/{entity}/validate`

use axum::Json;
use axum::extract::{Path, State};
use domain::fields::Fields;
use domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::whose::records_of;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;

/// A record that is stored nowhere yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ValidateBody {
    /// The integration that would send it.
    integration_id: Uuid,
    /// The record.
    #[schema(value_type = Object)]
    record: Fields,
}

/// Whether it could be sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ValidateAnswer {
    /// Whether nothing is in the way.
    valid: bool,
    /// Every reason why not.
    errors: Vec<FieldError>,
    /// Records it would wait for, as `<entity>/<id>`.
    waits_for: Vec<String>,
}

/// Says whether a record could be sent, and every reason why not. Stores nothing.
#[utoipa::path(post, path = "/projects/{id}/records/{entity}/validate", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path)), request_body = ValidateBody,
    responses((status = 200, body = ValidateAnswer)))]
pub(super) async fn validate(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity)): Path<(String, String)>,
    Body(body): Body<ValidateBody>,
) -> Result<Json<ValidateAnswer>, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let whom = (of.project, of.entity.as_str(), IntegrationId(body.integration_id));
    let validated = state.desk.validate_record(caller.organization, whom, body.record).await?;
    let errors: Vec<FieldError> = validated
        .errors
        .into_iter()
        .map(|fault| FieldError { field: fault.field, message: fault.message })
        .collect();
    Ok(Json(ValidateAnswer { valid: errors.is_empty(), errors, waits_for: validated.waits_for }))
}
