//! `DELETE /v1/integrations/{id}/mappings/{mid}`

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;

use super::create::MappingDone;
use super::edit::{mapping_of, replace};
use super::rule::parse_id;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{at_least, params};

/// Removes one field mapping; refused where the provider requires its field.
#[utoipa::path(delete, path = "/integrations/{id}/mappings/{mid}", tag = "field mappings",
    params(("id" = String, Path), ("mid" = String, Path)), responses((status = 200, body = MappingDone)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, mid)): Path<(String, String)>,
) -> Result<Json<MappingDone>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let (config, name) = parse_id(&mid).ok_or_else(|| Problem::not_found("mapping"))?;
    let (mut mapping, number) = mapping_of(&state, &caller, (Some(id), config)).await?;
    let before = mapping.rules.len();
    mapping.rules.retain(|known| known.id != name);
    if mapping.rules.len() == before {
        return Err(Problem::not_found("mapping"));
    }
    let written = replace(&state, &caller, config, (mapping, Some(number))).await?;
    Ok(Json(MappingDone {
        id: mid.clone(),
        sync_config_id: config.to_string(),
        mapping_number: written.mapping_number,
        position: at_least::encode(written.position),
    }))
}
