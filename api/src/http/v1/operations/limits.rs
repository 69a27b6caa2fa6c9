//! `GET /v1/limits`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Limits in force.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LimitList {
    /// One per integration.
    items: Vec<LimitShape>,
}

/// The limits of an integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LimitShape {
    /// The integration.
    integration_id: String,
    /// Its provider.
    provider: String,
    /// The remote company, whose calls count together.
    external_realm_id: Option<String>,
    /// Calls allowed …
    calls: Option<u32>,
    /// … in so many seconds.
    per_seconds: Option<u64>,
    /// Calls at one time.
    concurrent_calls: u32,
    /// Whether an operator raised them.
    raised: bool,
}

/// Shows the limits that calls to providers are held to.
#[utoipa::path(get, path = "/limits", tag = "operations", responses((status = 200, body = LimitList)))]
pub(super) async fn limits(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<LimitList>, Problem> {
    let routes = state.desk.routes().await?;
    let own = routes
        .integrations
        .iter()
        .filter(|(_, owned)| owned.organization == caller.organization && !owned.state.deleted);
    let items = own.filter_map(|(id, owned)| {
        let integration = &owned.state;
        let provider = state.connectors.provider(&integration.identity.as_ref()?.provider)?;
        let raised = integration.limits;
        let usual = provider.limit.map(|limit| (limit.calls, limit.per.as_secs()));
        let (calls, per_seconds) = raised.calls_per_minute.map(|calls| (calls, 60)).or(usual).unzip();
        Some(LimitShape {
            integration_id: id.to_string(),
            provider: provider.key.clone(),
            external_realm_id: integration.realm.clone(),
            calls,
            per_seconds,
            concurrent_calls: raised.concurrent_calls.unwrap_or(provider.concurrency),
            raised: raised != domain::integration::Limits::default(),
        })
    });
    Ok(Json(LimitList { items: items.collect() }))
}
