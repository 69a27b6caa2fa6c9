//! What a process manager is.

use chrono::{DateTime, Utc};
use domain::event::Event;
use domain::metadata::Recorded;

use super::Knowledge;
use crate::ports::checkpoints::{Instance, StateChange};
use crate::ports::job_queue::NewJob;

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Work to do.
    Enqueue(NewJob),
    /// What was decided in the same page about this kind and key is done already.
    Withdraw(&'static str, String),
    /// Something to remember, with its index key and wake-up time.
    Remember(StateChange),
}

/// A process manager: pure functions over events. Handling a page twice must come to the same.
pub trait ProcessManager: Send + Sync {
    /// Its name; the key of its checkpoint.
    fn name(&self) -> &'static str;

    /// What follows from `event`, with everything known as of it.
    fn react(&self, knowledge: &Knowledge, event: &Recorded<Event>, now: DateTime<Utc>) -> Vec<Reaction>;

    /// What follows when an instance's time has come.
    fn wake(&self, knowledge: &Knowledge, instance: &Instance, now: DateTime<Utc>) -> Vec<Reaction>;
}
