//! Hints that something new is there. A lost hint costs a poll interval, never an event.

use chrono::TimeDelta;

/// Wake-ups of one process: `notify` after each committed batch, `wait` in the subscriptions.
#[async_trait::async_trait]
pub trait Wakeups: Send + Sync {
    /// Tells everybody who waits on `topic` (`log`, `jobs`).
    fn notify(&self, topic: &'static str);
    /// Returns at the next `notify` of `topic` after the last return, or when the poll interval is over.
    async fn wait(&self, topic: &'static str);
    /// A moment after a page that took so long, in which more may come. Who follows the log in small pages takes that
    /// as one: otherwise most of the work under load is that of beginning and ending pages.
    async fn pause(&self, took: TimeDelta);
}
