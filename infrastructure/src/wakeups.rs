//! Hints within one process. Nothing is lost with a hint: who waits looks again when the poll interval is over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::ports::wakeups::Wakeups;
use chrono::TimeDelta;
use tokio::sync::watch;

#[cfg(test)]
mod tests;

/// A pause lasts so many times what the page before it took,
const PAUSE_PER_PAGE: u32 = 3;
/// and is as short as this at least,
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// and as long as this at most: views may be behind by that under load.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

type Topics = HashMap<&'static str, Arc<watch::Sender<u64>>>;

/// Wake-ups of one process. A clone shares the topics and is its own waiter: it remembers what it has been told, so
/// that a hint given while it works is not lost. Give every subscription its clone.
///
/// The poll interval is real time, not the `Clock`'s: it only guards against lost hints, and nothing is dated by it.
#[derive(Debug)]
pub struct InProcessWakeups {
    poll: Duration,
    topics: Arc<Mutex<Topics>>,
    seen: Mutex<HashMap<&'static str, u64>>,
}

impl InProcessWakeups {
    /// Wake-ups whose waiters look again after `poll` at the latest.
    pub fn new(poll: Duration) -> Self {
        Self { poll, topics: Arc::default(), seen: Mutex::default() }
    }

    fn topic(&self, name: &'static str) -> Arc<watch::Sender<u64>> {
        let mut topics = self.topics.lock().expect("no holder of this lock panics");
        Arc::clone(topics.entry(name).or_default())
    }

    fn seen(&self, topic: &'static str) -> u64 {
        let seen = self.seen.lock().expect("no holder of this lock panics");
        seen.get(topic).copied().unwrap_or_default()
    }

    fn see(&self, topic: &'static str, count: u64) {
        let mut seen = self.seen.lock().expect("no holder of this lock panics");
        let last = seen.entry(topic).or_default();
        *last = count.max(*last);
    }
}

impl Clone for InProcessWakeups {
    fn clone(&self) -> Self {
        Self { poll: self.poll, topics: Arc::clone(&self.topics), seen: Mutex::default() }
    }
}

#[async_trait::async_trait]
impl Wakeups for InProcessWakeups {
    fn notify(&self, topic: &'static str) {
        self.topic(topic).send_modify(|count| *count += 1);
    }

    async fn wait(&self, topic: &'static str) {
        let seen = self.seen(topic);
        let sender = self.topic(topic);
        let mut told = sender.subscribe();
        let news = told.wait_for(|count| *count > seen);
        if let Ok(Ok(count)) = tokio::time::timeout(self.poll, news).await {
            let count = *count;
            self.see(topic, count);
        }
    }

    async fn pause(&self, took: TimeDelta) {
        let took = took.to_std().unwrap_or_default();
        tokio::time::sleep((took * PAUSE_PER_PAGE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)).await;
    }
}
