//! Jobs: the only things that cause outside effects. Each may run twice.

pub mod deliver_webhooks;
pub mod keep_webhooks;
mod outbox;
pub mod process_webhook;
pub mod pull_page;
pub mod pull_records;
pub mod push_page;
pub mod push_records;
pub mod redeliver_webhooks;
pub mod runs;
pub mod submit;
mod worker;

use crate::ports::job_queue::Job;

pub use outbox::Outbox;
pub use worker::Worker;

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

    /// Runs them, and tells of each what became of it as soon as that is known: its place is free for the next one
    /// then. One of which nothing is told is tried again.
    async fn run(&self, jobs: Vec<Job>, done: &Outbox);
}
