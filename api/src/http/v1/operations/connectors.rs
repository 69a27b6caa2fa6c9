//! `GET /v1/connectors`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::state::AppState;

/// Connectors this process knows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectorList {
    /// Connectors, by key.
    items: Vec<ConnectorShape>,
}

/// A connector.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectorShape {
    /// Its provider's key.
    key: String,
    /// Its provider's name.
    name: String,
    /// Auth kind.
    auth: String,
    /// Entities.
    entities: Vec<String>,
    /// Whether it takes webhooks.
    webhooks: bool,
}

/// Lists the connectors of this process, built in or from a folder.
#[utoipa::path(get, path = "/connectors", tag = "operations", responses((status = 200, body = ConnectorList)))]
pub(super) async fn connectors(State(state): State<AppState>) -> Json<ConnectorList> {
    let mut items: Vec<ConnectorShape> = state
        .connectors
        .providers()
        .iter()
        .map(|provider| ConnectorShape {
            key: provider.key.clone(),
            name: provider.name.clone(),
            auth: provider.auth().to_owned(),
            entities: provider.entities.keys().cloned().collect(),
            webhooks: provider.webhooks,
        })
        .collect();
    items.sort_by(|one, other| one.key.cmp(&other.key));
    Json(ConnectorList { items })
}
