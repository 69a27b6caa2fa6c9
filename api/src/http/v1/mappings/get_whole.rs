//! `GET /v1/sync-configs/{id}/mapping`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::SyncConfigId;
use serde::Serialize;
use utoipa::ToSchema;

use super::edit::mapping_of;
use super::rule::RuleShape;
use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// The whole mapping of a sync config.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeMapping {
    /// The sync config.
    sync_config_id: String,
    /// Its number, from 1; the ETag.
    mapping_number: u32,
    /// Every rule.
    field_mappings: Vec<RuleShape>,
}

/// Shows the whole mapping of a sync config.
#[utoipa::path(get, path = "/sync-configs/{id}/mapping", tag = "field mappings", params(("id" = String, Path)),
    responses((status = 200, body = WholeMapping)))]
pub(super) async fn get_whole(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    let (mapping, mapping_number) = mapping_of(&state, &caller, (None, id)).await?;
    let field_mappings = mapping.rules.iter().map(RuleShape::of).collect();
    let whole = WholeMapping { sync_config_id: id.to_string(), mapping_number, field_mappings };
    Ok(with_version(Some(u64::from(mapping_number)), Json(whole)))
}
