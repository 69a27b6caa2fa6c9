//! Starts the runs that somebody asked for.

use domain::ids::{IntegrationId, SyncConfigId, SyncRunId};
use domain::sync_config::SyncConfig;
use domain::value::{Direction, EntityName, RunType, TriggeredBy};

use super::desk::Within;
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::error::Failure;
use crate::jobs::runs::{NotStarted, Request, Runs};
use crate::ports::event_log::Refused;
use crate::process_managers::Routes;
use crate::sync::engine::NoContext;

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct StartSync {
    /// Only this config; without one, every enabled config of the integration.
    pub config: Option<SyncConfigId>,
    /// Only configs of this entity of ours.
    pub entity: Option<EntityName>,
    /// Only this way; without one, every way the config goes.
    pub direction: Option<Direction>,
    /// Full or incremental; without one, incremental.
    pub run_type: Option<RunType>,
}

impl Desk {
    /// Starts runs; answers their ids and the last position. Runs that are active already are left alone, unless there
    /// is nothing else to start: then the refusal is the answer.
    pub async fn start_sync(
        &self,
        (envelope, runs): (&Envelope, &Runs),
        integration: IntegrationId,
        start: &StartSync,
    ) -> Result<(Vec<SyncRunId>, u64), Declined> {
        let routes = self.routes().await?;
        routes.integration_of(envelope.organization, integration)?.state.check_may_sync()?;
        let requests = requests(&routes, integration, start)?;
        let (mut started, mut last) = (Vec::new(), 0);
        let mut refusal = None;
        for request in &requests {
            // A command is remembered once, with the first run it starts.
            let command = envelope.command.clone().filter(|_| started.is_empty());
            let envelope = Envelope { command, ..envelope.clone() };
            match runs.start(request, TriggeredBy::Manual, &envelope).await {
                Ok((run, position)) => {
                    started.push(run);
                    last = position;
                }
                Err(NotStarted::Failed(Failure::Log(taken @ Refused::ClaimTaken { .. }))) => {
                    refusal.get_or_insert(Declined::from(taken));
                }
                Err(error) => return Err(error.into()),
            }
        }
        match refusal {
            Some(refusal) if started.is_empty() => Err(refusal),
            _ => Ok((started, last)),
        }
    }
}

fn requests(
    routes: &Routes,
    integration: IntegrationId,
    start: &StartSync,
) -> Result<Vec<Request>, Declined> {
    let run_type = start.run_type.unwrap_or(RunType::Incremental);
    if !matches!(run_type, RunType::Full | RunType::Incremental) {
        let message = "a run that is asked for is full or incremental: use one of them";
        return Err(Declined::invalid("sync_type", message));
    }
    let named: Vec<_> =
        routes.of_integration(integration).filter(|(id, config)| start.names(*id, config)).collect();
    let live = named.iter().filter(|(id, _)| routes.live(*id).is_some());
    let requests: Vec<Request> = live
        .flat_map(|(id, config)| {
            let goes = start.ways(config);
            goes.into_iter().map(|direction| Request { config: *id, direction, run_type })
        })
        .collect();
    if requests.is_empty() { Err(start.nothing(named.is_empty())) } else { Ok(requests) }
}

impl StartSync {
    /// Whether a config is meant.
    fn names(&self, id: SyncConfigId, config: &SyncConfig) -> bool {
        let entity = config.identity.as_ref().map(|identity| &identity.local_entity);
        self.config.is_none_or(|named| named == id)
            && self.entity.as_ref().is_none_or(|named| entity == Some(named))
    }

    /// The ways a config goes that are meant.
    fn ways(&self, config: &SyncConfig) -> Vec<Direction> {
        let Some(settings) = &config.settings else { return Vec::new() };
        let meant = |way: Direction| {
            self.direction.is_none_or(|asked| asked == way || asked == Direction::Bidirectional)
        };
        let mut ways = Vec::new();
        if settings.direction.receives() && meant(Direction::Inbound) {
            ways.push(Direction::Inbound);
        }
        if settings.direction.sends() && meant(Direction::Outbound) {
            ways.push(Direction::Outbound);
        }
        ways
    }

    /// Why there is nothing to start.
    fn nothing(&self, unnamed: bool) -> Declined {
        match (unnamed, self.config) {
            (true, Some(_)) => Declined::invalid(
                "sync_config_id",
                "it is no sync config of this integration: GET …/sync/config lists them",
            ),
            (true, None) => Declined::not_now(
                "nothing_to_sync",
                "the integration has no sync config of this kind: create one with POST …/sync/config",
            ),
            (false, _) => Declined::not_now(
                "nothing_to_sync",
                "no enabled sync config goes this way: enable it, or ask for another direction",
            ),
        }
    }
}

impl From<NotStarted> for Declined {
    fn from(error: NotStarted) -> Self {
        match error {
            NotStarted::NoContext(NoContext::Idle(idle)) => {
                Self::not_now("config_not_live", idle.to_string())
            }
            NotStarted::NoContext(NoContext::Unavailable(error)) => error.into(),
            NotStarted::NoContext(NoContext::Vault(error)) => error.into(),
            NotStarted::Failed(failure) => failure.into(),
        }
    }
}
