//! `PUT /v1/projects/{id}/records/{entity}/{local_id}`

use application::command_handlers::PutLine;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::fields::Fields;
use serde::Deserialize;
use utoipa::IntoParams;

use super::whose::{local_id, records_of};
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::params::{Params, time};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// How to put.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PutParams {
    /// Whether the body is the whole record: fields it does not have are cleared.
    #[serde(default)]
    replace: bool,
    /// When the record changed in the sender's own books; else its field `updated_at`.
    updated_at: Option<String>,
}

/// Puts a record: a field that is absent keeps its value, null clears it. `If-Match` is optional.
#[utoipa::path(put, path = "/projects/{id}/records/{entity}/{local_id}", tag = "records",
    params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed."), ("entity" = String, Path), ("local_id" = String, Path), PutParams),
    request_body = Object, responses((status = 200, body = Done), (status = 201, body = Done)))]
pub(super) async fn put(
    State(state): State<AppState>,
    (caller, if_match): (Caller, IfMatch),
    Path((id, entity, local)): Path<(String, String, String)>,
    Params(asked): Params<PutParams>,
    Body(fields): Body<Fields>,
) -> Result<Response, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let updated_at = time("updated_at", asked.updated_at.as_deref())?;
    let line = PutLine {
        local_id: local_id(&local)?,
        fields,
        replace: asked.replace,
        if_match: if_match.0,
        updated_at,
    };
    let done = state.desk.put_record(&caller.envelope(), &of, &line).await?;
    let status = if done.changed && done.version == 1 { StatusCode::CREATED } else { StatusCode::OK };
    Ok(answer::done(status, Done::of(&local, done)).into_response())
}
