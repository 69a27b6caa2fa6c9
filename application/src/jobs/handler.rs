//! What runs jobs.

use super::Outbox;
use crate::ports::job_queue::Job;

/// Runs jobs of one kind, several of a lane at once.
#[async_trait::async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind it runs (`push_record`).
    fn kind(&self) -> &'static str;

    /// How many of its jobs one call to the lane's provider carries.
    fn per_call(&self, _lane: &str) -> usize {
        1
    }

    /// Calls that the lane allows at once, as far as this handler knows.
    fn at_once(&self, _lane: &str) -> usize {
        1
    }

    /// Whether a lane's groups are prepared one after the other, each until it tells that it is: what becomes free
    /// meanwhile makes one larger next group, so that what a group costs is shared by more jobs, and nobody waits for
    /// the sake of it.
    fn prepares(&self) -> bool {
        false
    }

    /// Runs them, and tells of each what became of it as soon as that is known: its place is free for the next one
    /// then. One of which nothing is told is tried again.
    async fn run(&self, jobs: Vec<Job>, done: &Outbox);
}
