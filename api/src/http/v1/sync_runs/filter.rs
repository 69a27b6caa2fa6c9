//! Which runs, and one of them.

use domain::ids::{OrganizationId, SyncRunId};
use domain::stream::{Kind, StreamId};
use domain::sync_run::SyncRun;
use domain::value::{Direction, RunStatus, RunType, TriggeredBy};
use projections::sync_runs::SyncRunFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::auth::Caller;
use crate::http::params::{self, time, word, words};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunParams {
    /// Of this project.
    project_id: Option<Uuid>,
    /// Of this integration.
    integration_id: Option<Uuid>,
    /// Of this sync config.
    sync_config_id: Option<Uuid>,
    /// Of this provider.
    provider: Option<String>,
    /// In one of these states, separated by commas.
    status: Option<String>,
    /// Of this kind.
    sync_type: Option<String>,
    /// Going this way.
    direction: Option<String>,
    /// Caused by this.
    triggered_by: Option<String>,
    /// Taken after this time.
    created_after: Option<String>,
    /// Taken before this time.
    created_before: Option<String>,
}

impl RunParams {
    /// As the view takes it.
    pub(crate) fn filter(self, organization: OrganizationId) -> Result<SyncRunFilter, Problem> {
        Ok(SyncRunFilter {
            organization,
            project: self.project_id.map(|id| id.to_string()),
            integration: self.integration_id.map(|id| id.to_string()),
            config: self.sync_config_id.map(|id| id.to_string()),
            provider: self.provider,
            status: words("status", self.status.as_deref(), RunStatus::parse)?,
            sync_type: word("sync_type", self.sync_type.as_deref(), RunType::parse)?,
            direction: word("direction", self.direction.as_deref(), Direction::parse)?,
            triggered_by: word("triggered_by", self.triggered_by.as_deref(), TriggeredBy::parse)?,
            created_after: time("created_after", self.created_after.as_deref())?,
            created_before: time("created_before", self.created_before.as_deref())?,
        })
    }
}

/// A run of the caller's organization.
pub(super) async fn run_of(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<(SyncRunId, StreamId, SyncRun), Problem> {
    let id: SyncRunId = params::id(id, "run")?;
    let stream = StreamId::of(Kind::SyncRun, id.0);
    let run = state.dispatcher.load::<SyncRun>(&stream).await?.state;
    let integration = run.scope.as_ref().map(|scope| scope.integration);
    let integration = integration.ok_or_else(|| Problem::not_found("run"))?;
    let routes = state.desk.routes().await?;
    let owned = routes.integrations.get(&integration);
    let own = owned.is_some_and(|owned| owned.organization == caller.organization);
    if own { Ok((id, stream, run)) } else { Err(Problem::not_found("run")) }
}
