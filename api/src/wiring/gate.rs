//! Lets a worker finish what it took, and take nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use application::ports::Unavailable;
use application::ports::job_queue::{DueLane, Job, JobQueue, NewJob, QueueDepth, Settled};
use chrono::{DateTime, Utc};

/// How often it is looked whether everything is settled.
const LOOK: Duration = Duration::from_millis(20);

/// The job queue as the worker sees it.
pub(super) struct Gate {
    queue: Arc<dyn JobQueue>,
    closed: AtomicBool,
    /// Jobs taken and not settled.
    running: AtomicUsize,
}

impl Gate {
    pub(super) fn new(queue: Arc<dyn JobQueue>) -> Self {
        Self { queue, closed: AtomicBool::new(false), running: AtomicUsize::new(0) }
    }

    /// Takes nothing more, and returns once all that was taken is settled, or after `patience`.
    pub(super) async fn close(&self, patience: Duration) {
        self.closed.store(true, Ordering::SeqCst);
        let settled = async {
            while self.running.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(patience, settled).await.is_err() {
            let left = self.running.load(Ordering::SeqCst);
            tracing::warn!(left, "jobs were still running: their outcomes are looked up at the next start");
        }
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl JobQueue for Gate {
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), Unavailable> {
        self.queue.enqueue(jobs).await
    }

    async fn due_lanes(&self, now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
        if self.is_closed() { Ok(Vec::new()) } else { self.queue.due_lanes(now).await }
    }

    async fn take(
        &self,
        lane: &str,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable> {
        if self.is_closed() {
            return Ok(Vec::new());
        }
        let jobs = self.queue.take(lane, limit, now, until).await?;
        self.running.fetch_add(jobs.len(), Ordering::SeqCst);
        Ok(jobs)
    }

    async fn settle(&self, outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable> {
        let count = outcomes.len();
        let settled = self.queue.settle(outcomes).await;
        self.running.fetch_sub(count, Ordering::SeqCst);
        settled
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
