//! Whose turn it was, and when: a job queue that notes what is taken of it and what is settled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use application::ports::clock::Clock;
use application::ports::job_queue::{DueLane, Job, JobQueue, NewJob, QueueDepth, Settled};
use chrono::{DateTime, Utc};

/// Jobs of this kind stand for a call each, here.
const CALL: &str = "push_record";

/// What a lane was given. Times are of the hub's clock, numbers say what came first within the same time.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// Turns: when, the number of the turn among all lanes', and the jobs taken.
    pub turns: Vec<(DateTime<Utc>, u64, Vec<String>)>,
    /// Jobs that were done, and when.
    pub done: Vec<(DateTime<Utc>, String)>,
}

/// The real queue, with notes.
pub struct TracedQueue {
    queue: Arc<dyn JobQueue>,
    clock: Arc<dyn Clock>,
    notes: Mutex<(u64, BTreeMap<String, Served>)>,
}

impl TracedQueue {
    /// Notes what becomes of `queue`.
    pub fn new(queue: Arc<dyn JobQueue>, clock: Arc<dyn Clock>) -> Self {
        Self { queue, clock, notes: Mutex::default() }
    }

    /// What every lane was given.
    pub fn served(&self) -> BTreeMap<String, Served> {
        self.notes().1.clone()
    }

    fn notes(&self) -> MutexGuard<'_, (u64, BTreeMap<String, Served>)> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl JobQueue for TracedQueue {
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), Unavailable> {
        self.queue.enqueue(jobs).await
    }

    async fn due_lanes(&self, now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
        self.queue.due_lanes(now).await
    }

    async fn take(
        &self,
        lane: &str,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable> {
        let jobs = self.queue.take(lane, limit, now, until).await?;
        let mut notes = self.notes();
        notes.0 += 1;
        let number = notes.0;
        let calls = jobs.iter().filter(|job| job.kind == CALL);
        let keys: Vec<String> = calls.map(|job| job.key.clone()).collect();
        if !keys.is_empty() {
            notes.1.entry(lane.to_owned()).or_default().turns.push((now, number, keys));
        }
        Ok(jobs)
    }

    async fn settle(&self, outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable> {
        let now = self.clock.now();
        for (job, _) in outcomes.iter().filter(|(job, settled)| job.kind == CALL && *settled == Settled::Done)
        {
            self.notes().1.entry(job.lane.clone()).or_default().done.push((now, job.key.clone()));
        }
        self.queue.settle(outcomes).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        self.queue.next_due().await
    }

    async fn depth(&self) -> Result<QueueDepth, Unavailable> {
        self.queue.depth().await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<(String, String, String)>, Unavailable> {
        self.queue.parked(limit).await
    }
}
