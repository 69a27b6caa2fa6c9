//! Group commit: one task per process and log takes what has queued up and appends it in one transaction.

mod queue;
mod returning;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use task::{GroupCommit, Settled};
