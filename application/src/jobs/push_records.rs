//! Sends local changes, and finds out what became of writes without an outcome.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::SyncConfigId;
use domain::stream::SyncRecordKey;

use super::{JobHandler, Outbox};
use crate::ports::job_queue::{Job, NewJob, Settled};
use crate::process_managers::routes::Live;
use crate::sync::Engine;
use crate::sync::engine::NoContext;
use crate::sync::outbound::{Pushed, Results};

const PUSH: &str = "push_record";
const RECOVER: &str = "recover_write";

/// How far records that others may refer to go ahead of records that refer to others: a document that overtakes its
/// customer waits, and is looked at twice. Bounded, so that nobody waits behind them for ever.
const HEAD_START: TimeDelta = TimeDelta::seconds(30);

/// Sends one record's changes, if there are any.
pub fn push_job(live: &Live<'_>, key: &SyncRecordKey, now: DateTime<Utc>) -> NewJob {
    let not_before = if live.refers() { now } else { now - HEAD_START };
    job(PUSH, live, key, not_before)
}

/// Finds out what became of a record's open write. Others may wait for it.
pub fn recover_job(live: &Live<'_>, key: &SyncRecordKey, now: DateTime<Utc>) -> NewJob {
    job(RECOVER, live, key, now - HEAD_START)
}

fn job(kind: &str, live: &Live<'_>, key: &SyncRecordKey, not_before: DateTime<Utc>) -> NewJob {
    NewJob {
        organization: live.organization,
        kind: kind.to_owned(),
        lane: live.lane(),
        key: key.stream().id,
        payload: serde_json::to_vec(key).unwrap_or_default(),
        not_before,
    }
}

/// Runs `push_record`.
pub struct PushRecords(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for PushRecords {
    fn kind(&self) -> &'static str {
        PUSH
    }

    fn per_call(&self, lane: &str) -> usize {
        self.0.per_call(lane)
    }

    fn at_once(&self, lane: &str) -> usize {
        self.0.in_hand(lane)
    }

    fn prepares(&self) -> bool {
        true
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let groups = by_config(jobs, done);
        let unprepared = AtomicUsize::new(groups.len());
        let pushed = groups.into_iter().map(async |(config, group)| {
            let told = AtomicBool::new(false);
            let begun = || {
                if !told.swap(true, Ordering::SeqCst) && unprepared.fetch_sub(1, Ordering::SeqCst) == 1 {
                    done.prepared();
                }
            };
            self.push(config, group, (done, &begun)).await;
            // Nothing was to be sent of it.
            begun();
        });
        futures::future::join_all(pushed).await;
    }
}

impl PushRecords {
    async fn push(
        &self,
        config: SyncConfigId,
        group: Vec<(Job, SyncRecordKey)>,
        (done, begun): (&Outbox, &(dyn Fn() + Sync)),
    ) {
        let engine = &self.0;
        let (routes, context) = match engine.context(config).await {
            Ok(found) => found,
            Err(why) => return without(&why, group, engine.now(), done),
        };
        // A record of another realm belongs to a company that is no longer connected.
        let (mine, foreign): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|(_, key)| key.realm == context.realm);
        for (job, _) in foreign {
            done.settle(job, Settled::Done);
        }
        let ids: Vec<String> = mine.iter().map(|(_, key)| key.local_id.clone()).collect();
        let left = Left::new(mine, done);
        let report = |id: &str, pushed| left.settle(id, engine.now(), pushed);
        let results = Results { of: &report, begun };
        match engine.push(&routes, &context, &ids, &results).await {
            Ok(()) => left.rest(|_| Settled::Done),
            Err(error) => left.rest(|job| later(engine.now(), job, &error.to_string())),
        }
    }
}

fn without(why: &NoContext, group: Vec<(Job, SyncRecordKey)>, now: DateTime<Utc>, done: &Outbox) {
    for (job, _) in group {
        let outcome = match why {
            // Enabling or connecting starts a run that finds what was left.
            NoContext::Idle(_) => Settled::Done,
            why => later(now, &job, &why.to_string()),
        };
        done.settle(job, outcome);
    }
}

fn later(now: DateTime<Utc>, job: &Job, why: &str) -> Settled {
    again(now, Duration::from_secs(1), job.attempts, why)
}

/// Jobs of a group of which nothing was told yet, by local id.
struct Left<'a> {
    jobs: Mutex<BTreeMap<String, Job>>,
    done: &'a Outbox,
}

impl<'a> Left<'a> {
    fn new(group: Vec<(Job, SyncRecordKey)>, done: &'a Outbox) -> Self {
        let jobs = group.into_iter().map(|(job, key)| (key.local_id, job)).collect();
        Self { jobs: Mutex::new(jobs), done }
    }

    fn settle(&self, id: &str, now: DateTime<Utc>, pushed: Pushed) {
        let Some(job) = self.jobs().remove(id) else { return };
        let outcome = match pushed {
            Pushed::Done => Settled::Done,
            Pushed::Again(wait, why) => again(now, wait, job.attempts, &why),
            Pushed::Limited(wait) => limited(self.done, now, wait),
        };
        self.done.settle(job, outcome);
    }

    fn rest(&self, outcome: impl Fn(&Job) -> Settled) {
        for job in std::mem::take(&mut *self.jobs()).into_values() {
            let outcome = outcome(&job);
            self.done.settle(job, outcome);
        }
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<String, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `recover_write`.
pub struct RecoverWrites(pub Arc<Engine>);

#[async_trait::async_trait]
impl JobHandler for RecoverWrites {
    fn kind(&self) -> &'static str {
        RECOVER
    }

    fn at_once(&self, lane: &str) -> usize {
        self.0.at_once(lane)
    }

    async fn run(&self, jobs: Vec<Job>, done: &Outbox) {
        let groups = by_config(jobs, done).into_iter();
        let all = groups.flat_map(|(config, group)| group.into_iter().map(move |one| (config, one)));
        let recovered = all.map(|(config, (job, key))| async move {
            let outcome = self.recover((config, &key), &job, done).await;
            done.settle(job, outcome);
        });
        futures::future::join_all(recovered).await;
    }
}

impl RecoverWrites {
    async fn recover(
        &self,
        (config, key): (SyncConfigId, &SyncRecordKey),
        job: &Job,
        done: &Outbox,
    ) -> Settled {
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
            Ok(Pushed::Limited(wait)) => limited(done, engine.now(), wait),
            Err(error) => again(engine.now(), Duration::from_secs(1), job.attempts, &error.to_string()),
        }
    }
}

fn by_config(jobs: Vec<Job>, done: &Outbox) -> BTreeMap<SyncConfigId, Vec<(Job, SyncRecordKey)>> {
    let mut groups: BTreeMap<SyncConfigId, Vec<(Job, SyncRecordKey)>> = BTreeMap::new();
    for job in jobs {
        match serde_json::from_slice::<SyncRecordKey>(&job.payload) {
            Ok(key) => groups.entry(key.config).or_default().push((job, key)),
            Err(error) => {
                let reason = format!("the job's payload is unreadable: {error}");
                done.settle(job, Settled::Park(reason));
            }
        }
    }
    groups
}

/// Longest wait between two tries that the provider did not ask for.
const LONGEST: Duration = Duration::from_mins(5);

/// Tries before waits grow; more where something was achieved and only the next step is left.
const PATIENT: [u32; 2] = [3, 10];

/// Waits grow with the tries that failed.
pub(super) fn again(now: DateTime<Utc>, wait: Duration, attempts: u32, why: &str) -> Settled {
    let beyond = attempts.saturating_sub(PATIENT[usize::from(wait.is_zero())]).min(7);
    let grown = if beyond > 0 { wait.max(Duration::from_secs(1)) * 2_u32.pow(beyond) } else { wait };
    let wait = grown.min(LONGEST.max(wait));
    Settled::RetryAt(now + TimeDelta::from_std(wait).unwrap_or_default(), why.to_owned())
}

/// A job that the provider's limits let not through keeps its place, and its lane rests. That is no failed try.
pub(super) fn limited(done: &Outbox, now: DateTime<Utc>, wait: Duration) -> Settled {
    done.rest(now + TimeDelta::from_std(wait).unwrap_or_default());
    Settled::Untried("waits for the provider's rate limit".to_owned())
}
