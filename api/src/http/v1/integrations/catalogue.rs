//! `GET /api/v1/integrations`

use axum::Json;
use axum::extract::State;
use projections::integrations::IntegrationFilter;
use projections::list::{self, Page};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::providers::summary;

/// Integrations shown with each provider at most.
const MOST: usize = 500;

/// The catalogue, each provider with the organization's integrations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectedCatalogue {
    /// Providers, by key.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// Lists the catalogue with each provider's integrations.
#[utoipa::path(get, path = "/integrations", tag = "integrations",
    responses((status = 200, body = ConnectedCatalogue)))]
pub(super) async fn catalogue(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<ConnectedCatalogue>, Problem> {
    let filter = IntegrationFilter::of(caller.organization);
    let page = Page { limit: MOST, ..Page::default() };
    let rows = list::list(state.read_store.as_ref(), &filter, page).await?;
    let with = |key: &str| -> Vec<&Value> { rows.iter().filter(|row| row["provider"] == key).collect() };
    let mut providers = state.connectors.providers();
    providers.sort_by(|one, other| one.key.cmp(&other.key));
    let items = providers.iter().map(|provider| {
        let mut shown = summary(provider);
        shown["integrations"] = json!(with(&provider.key));
        shown
    });
    Ok(Json(ConnectedCatalogue { items: items.collect() }))
}
