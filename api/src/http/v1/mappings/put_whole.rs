//! `PUT /v1/sync-configs/{id}/mapping`

use application::command_handlers::MappingGiven;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncConfigId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::edit::replace;
use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{at_least, params};

/// A whole mapping.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WholeBody {
    /// `{"our field": "their field"}`, or a list of mappings.
    #[schema(value_type = Object)]
    field_mappings: Value,
}

/// A whole mapping was replaced.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeDone {
    /// The sync config.
    sync_config_id: String,
    /// The mapping's number now.
    mapping_number: u32,
    /// Read with `at_least` this to see its effect.
    position: String,
}

/// Replaces the whole mapping as one version. `If-Match` is the number that reading it showed.
#[utoipa::path(put, path = "/sync-configs/{id}/mapping", tag = "field mappings", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    request_body = WholeBody, responses((status = 200, body = WholeDone)))]
pub(super) async fn put_whole(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    Body(body): Body<WholeBody>,
) -> Result<Response, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    let MappingGiven(mapping) = MappingGiven::read("field_mappings", &body.field_mappings)?;
    let number = expected.0.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let written = replace(&state, &caller, id, (mapping, number)).await?;
    let done = WholeDone {
        sync_config_id: id.to_string(),
        mapping_number: written.mapping_number,
        position: at_least::encode(written.position),
    };
    Ok(with_version(Some(u64::from(written.mapping_number)), Json(done)))
}
