//! A clock that stands still until it is told otherwise.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use application::ports::clock::Clock;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

/// A clock moved by hand: sleepers wake when it reaches their time. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<watch::Sender<DateTime<Utc>>>,
    /// How many sleep until when.
    sleepers: Arc<Mutex<BTreeMap<DateTime<Utc>, usize>>>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self { now: Arc::new(watch::Sender::new(start)), sleepers: Arc::default() }
    }

    /// Moves the clock on; who sleeps until then or earlier wakes.
    pub fn advance(&self, by: Duration) {
        self.now.send_modify(|now| *now += by);
    }

    /// Moves the clock to `at`, never back.
    pub fn advance_to(&self, at: DateTime<Utc>) {
        self.now.send_modify(|now| *now = at.max(*now));
    }

    /// Moves the clock to the time the next sleeper waits for, and answers it; `None` (and no move) if nobody sleeps.
    pub fn advance_to_next_sleeper(&self) -> Option<DateTime<Utc>> {
        let next = self.next_sleeper()?;
        self.advance_to(next);
        Some(next)
    }

    /// The time the next sleeper waits for, if it is still to come.
    pub fn next_sleeper(&self) -> Option<DateTime<Utc>> {
        let now = self.now();
        self.sleeping().range(now..).map(|(at, _)| *at).find(|at| *at > now)
    }

    fn sleeping(&self) -> MutexGuard<'_, BTreeMap<DateTime<Utc>, usize>> {
        self.sleepers.lock().expect("no holder of this lock panics")
    }
}

#[async_trait::async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    async fn sleep_until(&self, at: DateTime<Utc>) {
        let _asleep = Asleep::new(self, at);
        let mut now = self.now.subscribe();
        let woken = now.wait_for(|now| *now >= at).await;
        woken.expect("this clock holds the sender");
    }
}

/// Counts a sleeper for as long as its future lives: one that is dropped no longer sleeps.
struct Asleep<'a> {
    clock: &'a ManualClock,
    at: DateTime<Utc>,
}

impl<'a> Asleep<'a> {
    fn new(clock: &'a ManualClock, at: DateTime<Utc>) -> Self {
        *clock.sleeping().entry(at).or_default() += 1;
        Self { clock, at }
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        let mut sleeping = self.clock.sleeping();
        if let Some(count) = sleeping.get_mut(&self.at) {
            *count -= 1;
            if *count == 0 {
                sleeping.remove(&self.at);
            }
        }
    }
}
