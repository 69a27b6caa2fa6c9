//! Where handlers tell what became of their jobs, each as soon as it is known.

use chrono::{DateTime, Utc};
use futures::channel::mpsc::UnboundedSender;

use crate::ports::job_queue::{Job, Settled};

/// What a group's handler tells.
pub(super) enum Told {
    /// What became of a job of the group.
    Outcome(u64, Job, Settled),
    /// The group's lane rests until then.
    Rest(u64, DateTime<Utc>),
    /// The group is prepared.
    Prepared(u64),
}

impl Told {
    /// The rest that this group told of.
    pub(super) fn rest_of(&self, group: u64) -> Option<DateTime<Utc>> {
        match self {
            Self::Rest(of, until) if *of == group => Some(*until),
            Self::Rest(..) | Self::Outcome(..) | Self::Prepared(_) => None,
        }
    }
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
        let _ = self.told.unbounded_send(Told::Outcome(self.group, job, outcome));
    }

    /// What is left is only waited for: the next group of the lane may be prepared. See [`super::JobHandler::prepares`].
    pub fn prepared(&self) {
        let _ = self.told.unbounded_send(Told::Prepared(self.group));
    }

    /// The provider lets no call through until then: nothing of the lane is begun before. Its jobs keep their places.
    pub fn rest(&self, until: DateTime<Utc>) {
        let _ = self.told.unbounded_send(Told::Rest(self.group, until));
    }
}
