//! Jobs: the only things that cause outside effects. Each may run twice.

pub mod process_webhook;
pub mod pull_page;
pub mod pull_records;
pub mod push_page;
pub mod push_records;
pub mod runs;
mod worker;

use crate::ports::job_queue::{Job, Settled};

pub use worker::Worker;

/// Runs jobs of one kind, several of a lane at once.
#[async_trait::async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind it runs (`push_record`).
    fn kind(&self) -> &'static str;

    /// How many it wants at once.
    fn batch(&self) -> usize {
        1
    }

    /// Runs them. Every job is answered; one that is not is tried again.
    async fn run(&self, jobs: Vec<Job>) -> Vec<(Job, Settled)>;
}
