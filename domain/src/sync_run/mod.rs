//! One execution of a sync: started, page by page, ended with totals.
//!
//! A page's checkpoint and its records' events are one unit of the log, so a crash resumes exactly. A group of
//! real-time work and a poll that finds nothing are each the only event of a stream of their own.

mod aggregate;
mod commands;
mod error;
mod events;
#[cfg(test)]
mod tests;

pub use aggregate::{Scope, SyncRun};
pub use commands::{CompletePage, EndRun, FindNothing, LogRun, StartRun, SyncRunCommand};
pub use error::SyncRunError;
pub use events::{
    Counts, MAX_ERRORS, PageDone, RunCancelled, RunEnded, RunError, RunFoundNothing, RunLogged, RunStarted,
    SyncRunEvent,
};
