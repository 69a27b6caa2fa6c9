//! `GET /v1/integrations/{id}/features`

use application::command_handlers::Within as _;
use application::process_managers::Routes;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use domain::integration::{FeatureFacts, Integration};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Features of an integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeatureList {
    /// Every feature of the provider.
    items: Vec<FeatureShape>,
}

/// A feature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feature)]
pub(super) struct FeatureShape {
    /// Its code.
    code: String,
    /// Whether it is on.
    enabled: bool,
    /// The way it goes.
    direction: String,
    /// When it sends: its own trigger, else the manifest's.
    trigger: String,
    /// Whether the trigger is its own.
    trigger_overridden: bool,
    /// The sync config it stands for.
    sync_config_id: Option<String>,
}

/// Lists every feature of the integration's provider, and whether it is on.
#[utoipa::path(get, path = "/integrations/{id}/features", tag = "features", params(("id" = String, Path)),
    responses((status = 200, body = FeatureList)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<FeatureList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let facts = state.desk.facts_of(caller.organization, id).await?;
    let routes = state.desk.routes().await?;
    let integration = &routes.integration_of(caller.organization, id)?.state;
    let items = facts.features.iter().map(|feature| shape(&routes, (id, integration), feature)).collect();
    Ok(Json(FeatureList { items }))
}

fn shape(
    routes: &Routes,
    (id, integration): (IntegrationId, &Integration),
    feature: &FeatureFacts,
) -> FeatureShape {
    let config = routes.of_integration(id).find(|(_, config)| {
        let identity = config.identity.as_ref();
        identity.is_some_and(|identity| identity.feature.as_deref() == Some(feature.code.as_str()))
    });
    let known = integration.features.get(&feature.code);
    FeatureShape {
        code: feature.code.clone(),
        enabled: integration.has_feature(&feature.code),
        direction: feature.direction.to_string(),
        trigger: integration.trigger_of(feature).kind.to_string(),
        trigger_overridden: known.is_some_and(|known| known.trigger.is_some()),
        sync_config_id: config.map(|(config, _)| config.to_string()),
    }
}
