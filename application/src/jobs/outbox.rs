//! Where handlers tell what became of their jobs, each as soon as it is known.

use futures::channel::mpsc::UnboundedSender;

use crate::ports::job_queue::{Job, Settled};

/// What became of a job of a group.
pub(super) struct Told {
    pub(super) group: u64,
    pub(super) job: Job,
    pub(super) outcome: Settled,
}

/// The way back to the worker, for the jobs of one group.
#[derive(Clone)]
pub struct Outbox {
    group: u64,
    told: UnboundedSender<Told>,
}

impl Outbox {
    pub(super) fn new(group: u64, told: UnboundedSender<Told>) -> Self {
        Self { group, told }
    }

    /// Tells what became of a job.
    pub fn settle(&self, job: Job, outcome: Settled) {
        // A worker that is gone has nobody to tell: its jobs are taken again when their lease is over.
        let _ = self.told.unbounded_send(Told { group: self.group, job, outcome });
    }
}
