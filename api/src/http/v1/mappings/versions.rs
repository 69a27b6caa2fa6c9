//! `GET /v1/sync-configs/{id}/mapping/versions`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::ids::SyncConfigId;
use domain::metadata::Recorded;
use domain::stream::{Kind, StreamId};
use domain::sync_config::{Mapping, SyncConfigEvent};
use serde::Serialize;
use utoipa::ToSchema;

use super::rule::RuleShape;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Every mapping a sync config ever had.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MappingVersions {
    /// Versions, the newest first.
    items: Vec<VersionShape>,
}

/// A mapping as it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MappingVersion)]
pub(super) struct VersionShape {
    /// Its number.
    mapping_number: u32,
    /// Since when.
    set_at: DateTime<Utc>,
    /// Who set it.
    set_by: String,
    /// Its rules.
    field_mappings: Vec<RuleShape>,
}

/// Lists every mapping a sync config ever had.
#[utoipa::path(get, path = "/sync-configs/{id}/mapping/versions", tag = "field mappings",
    params(("id" = String, Path)), responses((status = 200, body = MappingVersions)))]
pub(super) async fn versions(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<MappingVersions>, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    state.desk.routes().await?.config_of(caller.organization, id)?;
    let loaded = state.log().load(&StreamId::of(Kind::SyncConfig, id.0), 0).await?;
    Ok(Json(MappingVersions { items: loaded.events.iter().rev().filter_map(version).collect() }))
}

fn version(recorded: &Recorded<Event>) -> Option<VersionShape> {
    let (mapping, mapping_number): (&Mapping, u32) = match &recorded.event {
        Event::SyncConfig(SyncConfigEvent::Created(created)) => (&created.mapping, 1),
        Event::SyncConfig(SyncConfigEvent::MappingReplaced(replaced)) => (&replaced.mapping, replaced.number),
        _ => return None,
    };
    Some(VersionShape {
        mapping_number,
        set_at: recorded.recorded_at,
        set_by: recorded.metadata.actor.as_text(),
        field_mappings: mapping.rules.iter().map(RuleShape::of).collect(),
    })
}
