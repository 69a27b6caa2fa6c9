//! `POST /v1/integrations/{id}/sync`

use application::command_handlers::StartSync;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::{IntegrationId, SyncConfigId};
use domain::value::{Direction, EntityName, RunType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::body::MaybeBody;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::{answer, at_least, params};

/// What to run; everything that is enabled unless said otherwise.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StartBody {
    /// Only this sync config.
    sync_config_id: Option<Uuid>,
    /// Only configs of this entity of ours.
    #[serde(alias = "entity_type")]
    #[schema(value_type = Option<String>)]
    entity: Option<EntityName>,
    /// Only this way.
    #[schema(value_type = Option<String>)]
    direction: Option<Direction>,
    /// `full` or `incremental`.
    #[serde(alias = "run_type")]
    #[schema(value_type = Option<String>)]
    sync_type: Option<RunType>,
}

/// Runs were started.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StartAnswer {
    /// The runs, to watch under `/v1/sync-runs/{id}`.
    run_ids: Vec<String>,
    /// Position of the last start.
    position: String,
}

/// Starts runs. One that is active already is left alone; when there is nothing else to start, it is refused.
#[utoipa::path(post, path = "/integrations/{id}/sync", tag = "sync", params(("id" = String, Path)),
    request_body = Option<StartBody>, responses((status = 202, body = StartAnswer)))]
pub(super) async fn start(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    MaybeBody(body): MaybeBody<StartBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let StartBody { sync_config_id, entity, direction, sync_type: run_type } = body;
    let start = StartSync { config: sync_config_id.map(SyncConfigId), entity, direction, run_type };
    let envelope = caller.envelope();
    let (runs, position) = state.desk.start_sync((&envelope, &state.runs), id, &start).await?;
    let place = runs.last().map(|run| format!("/v1/sync-runs/{run}")).unwrap_or_default();
    let run_ids = runs.iter().map(ToString::to_string).collect();
    Ok(answer::started(&place, StartAnswer { run_ids, position: at_least::encode(position) }))
}
