//! `GET /v1/projects/{id}/records/{entity}/{local_id}/sync-state`

use application::command_handlers::SyncState;
use axum::Json;
use axum::extract::{Path, State};
use domain::local_record::LocalRecord;
use domain::stream::{LocalRecordKey, SyncRecordKey};
use serde::Serialize;
use utoipa::ToSchema;

use super::whose::records_of;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Where a record stands with each integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SyncStates {
    /// One per live sync config of the entity.
    items: Vec<StateShape>,
}

/// Where a record stands with one integration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncState)]
pub(super) struct StateShape {
    /// The sync record.
    sync_record_id: String,
    /// The sync config.
    sync_config_id: String,
    /// `synced`, `pending_outbound`, `waiting`, `error` …
    status: String,
    /// Whether the outcome for the record's present version is known.
    settled: bool,
    /// The provider's id, once linked.
    remote_id: Option<String>,
    /// Version of our record as last seen.
    local_version: Option<u64>,
    /// What can be done about an error.
    error_class: Option<String>,
    /// The error, in words.
    error: Option<String>,
    /// What a person should do about it.
    next_step: Option<String>,
    /// Records it waits for, as `<entity>/<id>`.
    waiting_for: Vec<String>,
    /// Why only a person can tell, or why it is unlinked.
    reason: Option<String>,
}

impl From<SyncState> for StateShape {
    fn from(found: SyncState) -> Self {
        let SyncState { key, state, settled } = found;
        let open = state.open.as_ref().and_then(|open| open.needs_decision.clone());
        Self {
            sync_record_id: key.stream().id,
            sync_config_id: key.config.to_string(),
            status: state.status().to_string(),
            settled,
            local_version: state.local.as_ref().map(|side| side.version),
            error_class: state.error.as_ref().map(|error| error.class.to_string()),
            error: state.error.as_ref().map(|error| error.message.clone()),
            next_step: state.error.as_ref().and_then(|error| error.next_step.clone()),
            waiting_for: state.waiting.iter().map(|need| format!("{}/{}", need.entity, need.id)).collect(),
            reason: open.or_else(|| state.unlinked.clone()),
            remote_id: state.remote_id,
        }
    }
}

/// Shows where a record stands with each integration that takes its entity.
#[utoipa::path(get, path = "/projects/{id}/records/{entity}/{local_id}/sync-state", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path), ("local_id" = String, Path)),
    responses((status = 200, body = SyncStates)))]
pub(super) async fn sync_state(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity, local_id)): Path<(String, String, String)>,
) -> Result<Json<SyncStates>, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let key = LocalRecordKey { project: of.project, entity: of.entity.into(), local_id };
    let version = state.dispatcher.load::<LocalRecord>(&key.stream()).await?.state.version;
    if version == 0 {
        return Err(Problem::not_found("record"));
    }
    let routes = state.desk.routes().await?;
    let mut items = Vec::new();
    for live in routes.of_entity(key.project, &key.entity) {
        let (realm, local_id) = (live.realm.to_owned(), key.local_id.clone());
        let pair = SyncRecordKey { config: live.config_id, realm, local_id };
        items.push(state.desk.sync_state(&pair, version).await?.into());
    }
    Ok(Json(SyncStates { items }))
}
