//! `GET /v1/integrations/{id}/mappings`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::{IntegrationId, SyncConfigId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::rule::{RuleShape, mapping_id};
use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which mappings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MappingParams {
    /// Of this sync config.
    sync_config_id: Option<Uuid>,
}

/// Field mappings of an integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappingList {
    /// Rules, in the order of their configs.
    items: Vec<MappingItem>,
}

/// A field mapping and where it belongs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappingItem {
    /// Its id in paths.
    id: String,
    /// Its sync config.
    sync_config_id: String,
    /// The mapping's number.
    mapping_number: u32,
    /// The rule.
    mapping: RuleShape,
}

/// Lists the field mappings of an integration's sync configs.
#[utoipa::path(get, path = "/integrations/{id}/mappings", tag = "field mappings",
    params(("id" = String, Path), MappingParams), responses((status = 200, body = MappingList)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<MappingParams>,
) -> Result<Json<MappingList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let routes = state.desk.routes().await?;
    routes.integration_of(caller.organization, id)?;
    let wanted = |config: &SyncConfigId| asked.sync_config_id.is_none_or(|asked| asked == config.0);
    let configs = routes.of_integration(id).filter(|(config, _)| wanted(config));
    let items = configs.flat_map(|(config, state)| {
        let number = state.mapping_number;
        state.mapping.rules.iter().map(move |rule| MappingItem {
            id: mapping_id(config, &rule.id),
            sync_config_id: config.to_string(),
            mapping_number: number,
            mapping: RuleShape::of(rule),
        })
    });
    Ok(Json(MappingList { items: items.collect() }))
}
