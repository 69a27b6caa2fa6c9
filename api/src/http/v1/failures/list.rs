//! `GET /v1/failures`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use projections::list::{self, Filter as _, Page};
use projections::sync_records::{SyncErrorFilter, SyncRecordFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Rows read at once.
const PAGE: usize = 1_000;
/// Rows grouped at most.
const MOST: usize = 10_000;

/// Which failures.
#[expect(clippy::struct_field_names, reason = "the names of the interface")]
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FailureParams {
    /// Of this project.
    project_id: Option<Uuid>,
    /// Of this integration.
    integration_id: Option<Uuid>,
    /// Of this sync config.
    sync_config_id: Option<Uuid>,
}

/// Failures by cause.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FailureGroups {
    /// Groups, the largest first.
    items: Vec<FailureGroup>,
    /// Records grouped.
    records: usize,
    /// Whether there are more records than were grouped.
    capped: bool,
}

/// Records that failed for one cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FailureGroup {
    /// What can be done about it.
    error_class: Option<String>,
    /// The provider's code.
    error_code: Option<String>,
    /// The provider.
    provider: Option<String>,
    /// The integration.
    integration_id: Option<String>,
    /// Our entity.
    local_entity: Option<String>,
    /// `error` or `needs_decision`.
    sync_status: Option<String>,
    /// How many records.
    count: usize,
    /// The newest one's words.
    message: Option<String>,
    /// What a person should do next.
    next_step: Option<String>,
    /// A few of the records.
    sync_record_ids: Vec<String>,
}

/// Groups records that failed, or that only a person can settle, by their cause.
#[utoipa::path(get, path = "/failures", tag = "sync records", params(FailureParams),
    responses((status = 200, body = FailureGroups)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<FailureParams>,
) -> Result<Json<FailureGroups>, Problem> {
    let filter = SyncErrorFilter(SyncRecordFilter {
        project: asked.project_id.map(|id| id.to_string()),
        integration: asked.integration_id.map(|id| id.to_string()),
        config: asked.sync_config_id.map(|id| id.to_string()),
        ..SyncRecordFilter::of(caller.organization)
    });
    let rows = rows(&state, &filter).await?;
    let capped = rows.len() >= MOST;
    Ok(Json(FailureGroups { records: rows.len(), items: grouped(&rows), capped }))
}

async fn rows(state: &AppState, filter: &SyncErrorFilter) -> Result<Vec<Value>, Problem> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let place = rows.last().and_then(SyncErrorFilter::place);
        let after = place.and_then(|(order, id)| SyncErrorFilter::after(&order, &id));
        let page =
            list::list(state.read_store.as_ref(), filter, Page { after, limit: PAGE, reversed: false })
                .await?;
        let full = page.len() == PAGE;
        rows.extend(page);
        if !full || rows.len() >= MOST {
            return Ok(rows);
        }
    }
}

fn grouped(rows: &[Value]) -> Vec<FailureGroup> {
    let mut groups: BTreeMap<Vec<Option<String>>, FailureGroup> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().map(str::to_owned);
        let cause =
            ["error_class", "error_code", "integration_id", "local_entity", "sync_status"].map(text).to_vec();
        let group = groups.entry(cause).or_insert_with(|| FailureGroup {
            error_class: text("error_class"),
            error_code: text("error_code"),
            provider: text("provider"),
            integration_id: text("integration_id"),
            local_entity: text("local_entity"),
            sync_status: text("sync_status"),
            count: 0,
            message: text("error_message").or_else(|| text("reason")),
            next_step: text("error_next_step"),
            sync_record_ids: Vec::new(),
        });
        group.count += 1;
        if group.sync_record_ids.len() < 5 {
            group.sync_record_ids.extend(text("id"));
        }
    }
    let mut groups: Vec<FailureGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}
