//! What may be asked of a sync run.

use super::events::{Counts, PageDone, RunError, RunFoundNothing, RunStarted};

/// A command to a sync run.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncRunCommand {
    /// Starts it. One full or incremental run at a time per config and direction: a claim.
    Start(StartRun),
    /// Records that a page is done.
    CompletePage(CompletePage),
    /// Stops it.
    Cancel {
        /// Why, if somebody said so.
        reason: Option<String>,
    },
    /// Ends it with its totals.
    End(EndRun),
    /// Records a group of real-time work as a run of its own.
    Log(Box<LogRun>),
    /// Records a poll without result as a run of its own.
    FindNothing(FindNothing),
}

/// What to run, and why.
pub type StartRun = RunStarted;

/// The page, as it is recorded.
pub type CompletePage = PageDone;

/// What was polled, and where the next poll begins.
pub type FindNothing = RunFoundNothing;

/// Ends a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndRun {
    /// What became of its records.
    pub totals: Counts,
    /// Its errors; kept up to a limit.
    pub errors: Vec<RunError>,
    /// Whether it could not be carried to its end.
    pub gave_up: bool,
    /// Milliseconds from its start.
    pub duration_ms: u64,
    /// Where the next incremental run begins.
    pub cursor: Option<String>,
}

/// Records a group of real-time work.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRun {
    /// What was run, and why.
    pub run: StartRun,
    /// How it ended.
    pub end: EndRun,
}
