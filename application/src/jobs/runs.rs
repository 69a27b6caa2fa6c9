//! Full and incremental runs: started as jobs, done page by page, each page an append of its records and its cursor.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{SyncConfigId, SyncRunId};
use domain::stream::{Kind, StreamId};
use domain::sync_run::{RunStarted, SyncRun, SyncRunCommand, SyncRunError};
use domain::value::{Direction, RunType, TriggeredBy};
use serde::{Deserialize, Serialize};

use super::push_records::again;
use super::{JobHandler, Outbox};
use crate::dispatcher::Envelope;
use crate::error::Failure;
use crate::ports::checkpoints::Checkpoints;
use crate::ports::event_log::Refused;
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::inbound_sync::{NAME, reactions::cursor_key};
use crate::process_managers::routes::Live;
use crate::sync::Engine;
use crate::sync::engine::NoContext;

const START: &str = "start_run";
/// Kind of the job that reads a page.
pub const PULL_PAGE: &str = "pull_page";
/// Kind of the job that goes through a page of our own records.
pub const PUSH_PAGE: &str = "push_page";

/// Which run to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The config.
    pub config: SyncConfigId,
    /// Inbound or outbound.
    pub direction: Direction,
    /// Full or incremental.
    pub run_type: RunType,
}

#[derive(Serialize, Deserialize)]
struct StartPayload {
    request: Request,
    triggered_by: TriggeredBy,
}

/// Starts a run unless one is active.
pub fn start_job(
    live: &Live<'_>,
    request: &Request,
    triggered_by: TriggeredBy,
    now: DateTime<Utc>,
) -> NewJob {
    let payload = StartPayload { request: request.clone(), triggered_by };
    NewJob {
        organization: live.organization,
        kind: START.to_owned(),
        lane: live.lane(),
        key: format!("{}/{}", request.config, request.direction),
        payload: serde_json::to_vec(&payload).unwrap_or_default(),
        not_before: now,
    }
}

/// Does the next page of a run.
pub fn page_job(live: &Live<'_>, run: SyncRunId, direction: Direction, now: DateTime<Utc>) -> NewJob {
    let kind = if direction == Direction::Inbound { PULL_PAGE } else { PUSH_PAGE };
    NewJob {
        organization: live.organization,
        kind: kind.to_owned(),
        lane: live.lane(),
        key: run.to_string(),
        payload: serde_json::to_vec(&run).unwrap_or_default(),
        not_before: now,
    }
}

/// Starts runs; shared by the job and the API.
pub struct Runs {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Where cursors are remembered.
    pub checkpoints: Arc<dyn Checkpoints>,
}

/// Why a run was not started.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// The config cannot work now.
    #[error(transparent)]
    NoContext(#[from] NoContext),
    /// The run's rules refuse it; another one is active, say.
    #[error(transparent)]
    Failed(#[from] Failure<SyncRunError>),
}

impl Runs {
    /// Starts a run in the name of `envelope`; answers its id and the position of its start.
    pub async fn start(
        &self,
        request: &Request,
        triggered_by: TriggeredBy,
        envelope: &Envelope,
    ) -> Result<(SyncRunId, u64), NotStarted> {
        let (_, context) = self.engine.context(request.config).await?;
        let dispatcher = &self.engine.ports.dispatcher;
        let cursor = match (request.run_type, request.direction) {
            (RunType::Incremental, Direction::Inbound) => {
                self.cursor(request.config, &context.realm).await.map_err(NoContext::from)?
            }
            _ => None,
        };
        let started = RunStarted {
            project: context.project,
            integration: context.integration_id,
            config: request.config,
            direction: request.direction,
            realm: context.realm.clone(),
            // Without a cursor an incremental run begins at the beginning, and says so.
            run_type: if cursor.is_none() && request.run_type == RunType::Incremental {
                RunType::Full
            } else {
                request.run_type
            },
            triggered_by,
            cursor,
        };
        let run = SyncRunId(dispatcher.ids.next());
        let stream = StreamId::of(Kind::SyncRun, run.0);
        let command = |_: &SyncRun| SyncRunCommand::Start(started.clone());
        let done = dispatcher.dispatch::<SyncRun>(envelope, &stream, command).await?;
        Ok((run, done.position))
    }

    async fn cursor(
        &self,
        config: SyncConfigId,
        realm: &str,
    ) -> Result<Option<String>, crate::ports::Unavailable> {
        let keys = [cursor_key(config, realm)];
        let found = self.checkpoints.instances(NAME, &keys).await?;
        let instance = found.into_iter().next().flatten();
        Ok(instance.and_then(|instance| serde_json::from_slice(&instance.state).ok()))
    }
}

/// Runs `start_run`.
pub struct StartRuns(pub Arc<Runs>);

#[async_trait::async_trait]
impl JobHandler for StartRuns {
    fn kind(&self) -> &'static str {
        START
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        for job in jobs {
            let outcome = self.start(&job).await;
            done.settle(job, outcome);
        }
    }
}

impl StartRuns {
    async fn start(&self, job: &Job) -> Settled {
        let payload: StartPayload = match serde_json::from_slice(&job.payload) {
            Ok(payload) => payload,
            Err(error) => return Settled::Park(format!("the job's payload is unreadable: {error}")),
        };
        let envelope = self.0.engine.ports.dispatcher.system(job.organization, NAME);
        match self.0.start(&payload.request, payload.triggered_by, &envelope).await {
            // An active run does what this one would do.
            Ok(_)
            | Err(
                NotStarted::NoContext(NoContext::Idle(_))
                | NotStarted::Failed(Failure::Log(Refused::ClaimTaken { .. })),
            ) => Settled::Done,
            Err(error) => {
                again(self.0.engine.now(), Duration::from_secs(5), job.attempts, &error.to_string())
            }
        }
    }
}
