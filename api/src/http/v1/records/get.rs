//! `GET /v1/projects/{id}/records/{entity}/{local_id}`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::fields::Fields;
use domain::local_record::LocalRecord;
use domain::stream::LocalRecordKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::whose::records_of;
use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RecordShape {
    /// The project.
    project_id: String,
    /// Our entity.
    entity: String,
    /// The record's id.
    local_id: String,
    /// Its version; the ETag.
    version: u64,
    /// Its fields.
    #[schema(value_type = Object)]
    body: Fields,
    /// When it last changed in the sender's own books, if the sender said so.
    source_updated_at: Option<DateTime<Utc>>,
}

/// Shows a record.
#[utoipa::path(get, path = "/projects/{id}/records/{entity}/{local_id}", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path), ("local_id" = String, Path)),
    responses((status = 200, body = RecordShape)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity, local_id)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let key = LocalRecordKey { project: of.project, entity: of.entity.into(), local_id };
    let record = state.dispatcher.load::<LocalRecord>(&key.stream()).await?.state;
    if !record.exists() {
        return Err(Problem::not_found("record"));
    }
    let version = record.version;
    let LocalRecordKey { project, entity, local_id } = key;
    let shown = RecordShape {
        project_id: project.to_string(),
        entity,
        local_id,
        version,
        body: record.fields,
        source_updated_at: record.updated_at,
    };
    Ok(with_version(Some(version), Json(shown)))
}
