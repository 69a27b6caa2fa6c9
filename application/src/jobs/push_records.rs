//! Sends local changes, and finds out what became of writes without an outcome.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::SyncConfigId;
use domain::stream::SyncRecordKey;

use super::JobHandler;
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::routes::Live;
use crate::sync::Engine;
use crate::sync::engine::NoContext;
use crate::sync::outbound::Pushed;

const PUSH: &str = "push_record";
const RECOVER: &str = "recover_write";

/// Sends one record's changes, if there are any.
pub fn push_job(live: &Live<'_>, key: &SyncRecordKey, now: DateTime<Utc>) -> NewJob {
    job(PUSH, live, key, now)
}

/// Finds out what became of a record's open write.
pub fn recover_job(live: &Live<'_>, key: &SyncRecordKey, now: DateTime<Utc>) -> NewJob {
    job(RECOVER, live, key, now)
}

fn job(kind: &str, live: &Live<'_>, key: &SyncRecordKey, now: DateTime<Utc>) -> NewJob {
    NewJob {
        organization: live.organization,
        kind: kind.to_owned(),
        lane: live.lane(),
        key: key.stream().id,
        payload: serde_json::to_vec(key).unwrap_or_default(),
        not_before: now,
    }
}

/// Runs `push_record`.
pub struct PushRecords(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for PushRecords {
    fn kind(&self) -> &'static str {
        PUSH
    }

    /// Large, because a group waits for its slowest call before its outcomes are recorded in one append.
    fn batch(&self) -> usize {
        128
    }

    async fn run(&self, jobs: Vec<Job>) -> Vec<(Job, Settled)> {
        let mut settled = Vec::with_capacity(jobs.len());
        for (config, group) in by_config(jobs, &mut settled) {
            let outcomes = self.push(config, &group).await;
            settled.extend(group.into_iter().map(|(job, key)| {
                let outcome = outcomes(&key.local_id, &job);
                (job, outcome)
            }));
        }
        settled
    }
}

type Outcomes = Box<dyn Fn(&str, &Job) -> Settled + Send>;

impl PushRecords {
    async fn push(&self, config: SyncConfigId, group: &[(Job, SyncRecordKey)]) -> Outcomes {
        let engine = &self.0;
        let now = engine.now();
        let (routes, context) = match engine.context(config).await {
            Ok(found) => found,
            // Enabling or connecting starts a run that finds what was left.
            Err(NoContext::Idle(_)) => return Box::new(|_, _| Settled::Done),
            Err(error) => return later(now, error.to_string()),
        };
        // A record of another realm belongs to a company that is no longer connected.
        let ids: Vec<String> = group
            .iter()
            .filter(|(_, key)| key.realm == context.realm)
            .map(|(_, key)| key.local_id.clone())
            .collect();
        match engine.push(&routes, &context, &ids).await {
            Ok(results) => Box::new(move |id, job| match results.get(id) {
                None | Some(Pushed::Done) => Settled::Done,
                Some(Pushed::Again(wait, why)) => again(now, *wait, job.attempts, why),
            }),
            Err(error) => later(now, error.to_string()),
        }
    }
}

/// Runs `recover_write`.
pub struct RecoverWrites(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for RecoverWrites {
    fn kind(&self) -> &'static str {
        RECOVER
    }

    fn batch(&self) -> usize {
        16
    }

    async fn run(&self, jobs: Vec<Job>) -> Vec<(Job, Settled)> {
        let mut settled = Vec::with_capacity(jobs.len());
        for (config, group) in by_config(jobs, &mut settled) {
            let recovered = group.into_iter().map(|(job, key)| async move {
                let outcome = self.recover(config, &key, &job).await;
                (job, outcome)
            });
            settled.extend(futures::future::join_all(recovered).await);
        }
        settled
    }
}

impl RecoverWrites {
    async fn recover(&self, config: SyncConfigId, key: &SyncRecordKey, job: &Job) -> Settled {
        let engine = &self.0;
        let context = match engine.context(config).await {
            Ok((_, context)) => context,
            Err(error) => return again(engine.now(), Duration::from_mins(1), 0, &error.to_string()),
        };
        match engine.recover(&context, &key.local_id).await {
            Ok(Pushed::Done) => Settled::Done,
            // What was not done is sent by the push that `OutcomeResolved` asks for.
            Ok(Pushed::Again(wait, _)) if wait.is_zero() => Settled::Done,
            Ok(Pushed::Again(wait, why)) => again(engine.now(), wait, 0, &why),
            Err(error) => again(engine.now(), Duration::from_secs(1), job.attempts, &error.to_string()),
        }
    }
}

fn by_config(
    jobs: Vec<Job>,
    settled: &mut Vec<(Job, Settled)>,
) -> BTreeMap<SyncConfigId, Vec<(Job, SyncRecordKey)>> {
    let mut groups: BTreeMap<SyncConfigId, Vec<(Job, SyncRecordKey)>> = BTreeMap::new();
    for job in jobs {
        match serde_json::from_slice::<SyncRecordKey>(&job.payload) {
            Ok(key) => groups.entry(key.config).or_default().push((job, key)),
            Err(error) => {
                let reason = format!("the job's payload is unreadable: {error}");
                settled.push((job, Settled::Park(reason)));
            }
        }
    }
    groups
}

/// Longest wait between two tries that the provider did not ask for.
const LONGEST: Duration = Duration::from_mins(5);

/// Waits grow with the tries that failed, unless the wait was asked for.
pub(super) fn again(now: DateTime<Utc>, wait: Duration, attempts: u32, why: &str) -> Settled {
    let grown =
        if attempts > 3 { wait.max(Duration::from_secs(1)) * 2_u32.pow(attempts.min(10) - 3) } else { wait };
    let wait = grown.min(LONGEST.max(wait));
    Settled::RetryAt(now + chrono::TimeDelta::from_std(wait).unwrap_or_default(), why.to_owned())
}

fn later(now: DateTime<Utc>, why: String) -> Outcomes {
    Box::new(move |_, job| again(now, Duration::from_secs(1), job.attempts, &why))
}
