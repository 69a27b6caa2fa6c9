//! `GET /v1/providers`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::summary;
use crate::http::params::Params;
use crate::http::state::AppState;

/// Which providers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProviderParams {
    /// Of this category.
    category: Option<String>,
    /// That serve this country; ISO 3166-1 alpha-2.
    country: Option<String>,
}

/// The catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Catalogue {
    /// Providers, by key.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// Lists what can be connected.
#[utoipa::path(get, path = "/providers", tag = "catalogue", params(ProviderParams),
    responses((status = 200, body = Catalogue)))]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(asked): Params<ProviderParams>,
) -> Json<Catalogue> {
    let mut providers = state.connectors.providers();
    providers.retain(|provider| {
        let of_category =
            asked.category.as_ref().is_none_or(|category| provider.categories.contains(category));
        let serves = |country: &String| {
            provider.countries.is_empty()
                || provider.countries.iter().any(|one| one.eq_ignore_ascii_case(country))
        };
        of_category && asked.country.as_ref().is_none_or(serves)
    });
    providers.sort_by(|one, other| one.key.cmp(&other.key));
    Json(Catalogue { items: providers.iter().map(|provider| summary(provider)).collect() })
}
