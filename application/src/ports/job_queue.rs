//! Work that causes outside effects. A job may run twice; what it does must allow that.

use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;

use super::Unavailable;

/// A job to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// The tenant.
    pub organization: OrganizationId,
    /// What kind (`push_record`), which decides who runs it.
    pub kind: String,
    /// Whose turn it counts against: `<provider>/<realm>`. Lanes are served round-robin.
    pub lane: String,
    /// Makes it one job: enqueuing the same (kind, key) again while it waits is no second job, and while it runs makes
    /// it run once more.
    pub key: String,
    /// JSON; ids only, no record contents.
    pub payload: Vec<u8>,
    /// Not before this time.
    pub not_before: DateTime<Utc>,
}

/// A job taken by a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The tenant.
    pub organization: OrganizationId,
    /// What kind.
    pub kind: String,
    /// Its lane.
    pub lane: String,
    /// Its key.
    pub key: String,
    /// JSON.
    pub payload: Vec<u8>,
    /// How often it was tried before.
    pub attempts: u32,
    /// Changes each time the job is enqueued again.
    pub generation: u64,
    /// Fencing token of this lease.
    pub epoch: u64,
}

/// What becomes of a job that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Done; forgotten unless it was enqueued again meanwhile.
    Done,
    /// To be tried again at a time, with a reason for people to read.
    RetryAt(DateTime<Utc>, String),
    /// It was not tried: it keeps its place and its number of tries. The reason is for people to read.
    Untried(String),
    /// Nothing more can be done without a person; kept with its reason.
    Park(String),
}

/// A lane with work that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLane {
    /// The lane.
    pub lane: String,
    /// Jobs due in it.
    pub due: u64,
}

/// Numbers for people and metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Waiting, due or not.
    pub waiting: u64,
    /// Being worked on.
    pub running: u64,
    /// Parked.
    pub parked: u64,
}

/// The queue.
#[async_trait::async_trait]
pub trait JobQueue: Send + Sync {
    /// Enqueues in one transaction. (Process managers enqueue with their checkpoint instead.)
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), Unavailable>;

    /// Lanes with due work nobody holds.
    async fn due_lanes(&self, now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable>;

    /// Takes up to `limit` due jobs of one lane and one kind (the kind of its oldest), oldest first, until `until`.
    async fn take(
        &self,
        lane: &str,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable>;

    /// Settles jobs. One whose lease was lost meanwhile is left alone.
    async fn settle(&self, outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable>;

    /// When the next job becomes due, if any waits.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable>;

    /// How much there is.
    async fn depth(&self) -> Result<QueueDepth, Unavailable>;

    /// Parked jobs, newest first: kind, key, reason.
    async fn parked(&self, limit: usize) -> Result<Vec<(String, String, String)>, Unavailable>;
}
