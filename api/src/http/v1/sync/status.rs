//! `GET /v1/integrations/{id}/sync/status`

use std::collections::BTreeMap;

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use domain::value::SyncStatus;
use projections::list::{self, Page};
use projections::sync_records::SyncRecordFilter;
use projections::sync_runs::SyncRunFilter;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Runs shown.
const RECENT: usize = 10;

/// Where an integration's sync stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SyncStatusAnswer {
    /// Whether it may send and receive.
    enabled: bool,
    /// State of the connection.
    connection_status: String,
    /// Runs that are not over.
    active_run_ids: Vec<String>,
    /// Sync records by status, counted up to 10,000 each.
    records: BTreeMap<String, u64>,
    /// The last runs.
    #[schema(value_type = Vec<Object>)]
    recent_runs: Vec<Value>,
}

/// Shows where an integration's sync stands.
#[utoipa::path(get, path = "/integrations/{id}/sync/status", tag = "sync", params(("id" = String, Path)),
    responses((status = 200, body = SyncStatusAnswer)))]
pub(super) async fn status(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<SyncStatusAnswer>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let routes = state.desk.routes().await?;
    let integration = &routes.integration_of(caller.organization, id)?.state;
    let active = state.desk.active_runs(caller.organization, id).await?;
    let of_integration =
        SyncRunFilter { integration: Some(id.to_string()), ..SyncRunFilter::of(caller.organization) };
    let page = Page { limit: RECENT, ..Page::default() };
    Ok(Json(SyncStatusAnswer {
        enabled: integration.enabled,
        connection_status: integration.connection.to_string(),
        active_run_ids: active.into_iter().map(|stream| stream.id).collect(),
        records: counted(&state, &caller, id).await?,
        recent_runs: list::list(state.read_store.as_ref(), &of_integration, page).await?,
    }))
}

async fn counted(
    state: &AppState,
    caller: &Caller,
    id: IntegrationId,
) -> Result<BTreeMap<String, u64>, Problem> {
    let mut counts = BTreeMap::new();
    for status in SyncStatus::ALL {
        let mut filter = SyncRecordFilter::of(caller.organization);
        filter.integration = Some(id.to_string());
        filter.status = vec![*status];
        counts.insert(status.to_string(), list::count(state.read_store.as_ref(), &filter).await?);
    }
    Ok(counts)
}
