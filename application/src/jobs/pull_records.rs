//! Reads one remote record again: a webhook named it, a person linked it, or it did not fit its page.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, SyncConfigId};
use domain::value::ErrorClass;
use serde::{Deserialize, Serialize};

use super::push_records::{again, limited};
use super::{JobHandler, Outbox};
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, RemoteRecord};
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::routes::Live;
use crate::sync::Engine;
use crate::sync::context::Context;
use crate::sync::engine::NoContext;

const PULL: &str = "pull_record";

#[derive(Serialize, Deserialize)]
struct Payload {
    config: SyncConfigId,
    remote_id: String,
}

/// Reads a record of a live config.
pub fn job(live: &Live<'_>, remote_id: &str, at: DateTime<Utc>) -> NewJob {
    new_job(live.organization, live.lane(), live.config_id, remote_id, at)
}

/// Reads a record of a config at work.
pub fn job_of(context: &Context, remote_id: &str, at: DateTime<Utc>) -> NewJob {
    new_job(context.organization, context.lane(), context.config_id, remote_id, at)
}

fn new_job(
    organization: OrganizationId,
    lane: String,
    config: SyncConfigId,
    remote_id: &str,
    not_before: DateTime<Utc>,
) -> NewJob {
    let payload = Payload { config, remote_id: remote_id.to_owned() };
    NewJob {
        organization,
        kind: PULL.to_owned(),
        lane,
        key: format!("{config}/{remote_id}"),
        payload: serde_json::to_vec(&payload).unwrap_or_default(),
        not_before,
    }
}

/// Runs `pull_record`.
pub struct PullRecords(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for PullRecords {
    fn kind(&self) -> &'static str {
        PULL
    }

    fn at_once(&self, lane: &str) -> usize {
        self.0.at_once(lane)
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let pulled = jobs.into_iter().map(|job| async move {
            let outcome = self.pull(&job, done).await.unwrap_or_else(|error| {
                again(self.0.now(), Duration::from_secs(1), job.attempts, &error.to_string())
            });
            done.settle(job, outcome);
        });
        futures::future::join_all(pulled).await;
    }
}

impl PullRecords {
    async fn pull(&self, job: &Job, done: &Outbox) -> Result<Settled, Unavailable> {
        let engine = &self.0;
        let Ok(payload) = serde_json::from_slice::<Payload>(&job.payload) else {
            return Ok(Settled::Park("the job's payload is unreadable".to_owned()));
        };
        let (routes, context) = match engine.context(payload.config).await {
            Ok(found) => found,
            Err(NoContext::Idle(_)) => return Ok(Settled::Done),
            Err(error) => {
                return Ok(again(engine.now(), Duration::from_secs(5), job.attempts, &error.to_string()));
            }
        };
        let since = engine.ports.dispatcher.log.head().await?;
        let record = match self.read(&context, &payload.remote_id).await {
            Ok(record) => record,
            Err(error) => {
                engine.note_health(&context, Some(&error)).await;
                let (now, wait) = (engine.now(), error.retry_after.unwrap_or(Duration::from_secs(2)));
                return Ok(match error.class {
                    ErrorClass::RateLimited => limited(done, now, wait),
                    _ => again(now, wait, job.attempts, &error.to_string()),
                });
            }
        };
        let result = engine.take(&routes, &context, (&[record], since), |_| None).await?;
        if result.later.is_empty() && result.alone.is_empty() {
            return Ok(Settled::Done);
        }
        Ok(again(engine.now(), Duration::from_secs(2), job.attempts, "waits for a write"))
    }

    async fn read(&self, context: &Context, id: &str) -> Result<RemoteRecord, CallError> {
        let connection = self.0.ports.connectors.open(&context.target)?;
        connection.admit_read().await?;
        let read = connection.read(&context.remote.name, id).await?;
        Ok(read.unwrap_or_else(|| gone(id)))
    }
}

/// A record that is not there any more.
fn gone(id: &str) -> RemoteRecord {
    RemoteRecord {
        id: id.to_owned(),
        body: serde_json::value::RawValue::NULL.to_owned(),
        version_token: None,
        updated_at: None,
        created_at: None,
        deleted: true,
    }
}
