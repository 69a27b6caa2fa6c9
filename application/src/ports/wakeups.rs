//! Hints that something new is there. A lost hint costs a poll interval, never an event.

/// Wake-ups of one process: `notify` after each committed batch, `wait` in the subscriptions.
#[async_trait::async_trait]
pub trait Wakeups: Send + Sync {
    /// Tells everybody who waits on `topic` (`log`, `jobs`).
    fn notify(&self, topic: &'static str);
    /// Returns at the next `notify` of `topic` after the last return, or when the poll interval is over.
    async fn wait(&self, topic: &'static str);
}
