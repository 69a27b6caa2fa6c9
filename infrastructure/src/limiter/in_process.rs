//! The limiter of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::ports::Unavailable;
use application::ports::clock::Clock;
use application::ports::limiter::{Buckets, Limiter};

use super::bucket::{Bucket, Instant, micros};

/// Limits shared by all calls of this process. It knows no calls of other processes, and none made before it started.
pub struct InProcessLimiter {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    buckets: HashMap<String, Bucket>,
    /// What is added to the clock, so that our time never goes back when the clock does.
    offset: i64,
    latest: Instant,
}

impl State {
    fn now(&mut self, clock: i64) -> Instant {
        if clock.saturating_add(self.offset) < self.latest {
            self.offset = self.latest.saturating_sub(clock);
        }
        self.latest = clock.saturating_add(self.offset);
        self.latest
    }

    fn take(&mut self, buckets: &Buckets, now: Instant) -> Result<(), Duration> {
        let waits = buckets.limits.iter().map(|(key, limit)| self.bucket(key).wait(*limit, now));
        let wait = waits.max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for (key, _) in &buckets.limits {
            self.bucket(key).take(now);
        }
        Ok(())
    }

    fn bucket(&mut self, key: &str) -> &mut Bucket {
        // A key is copied once, not with every call.
        if !self.buckets.contains_key(key) {
            self.buckets.insert(key.to_owned(), Bucket::default());
        }
        self.buckets.get_mut(key).expect("it was put there just now")
    }
}

impl InProcessLimiter {
    /// A limiter whose windows go by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Limiter for InProcessLimiter {
    async fn take(&self, buckets: &Buckets) -> Result<Result<(), Duration>, Unavailable> {
        let mut state = self.state();
        let now = state.now(self.clock.now().timestamp_micros());
        Ok(state.take(buckets, now))
    }

    async fn over(&self, buckets: &Buckets) -> Result<(), Unavailable> {
        let mut state = self.state();
        let now = state.now(self.clock.now().timestamp_micros());
        for (key, limit) in &buckets.limits {
            state.bucket(key).over(*limit, now);
        }
        Ok(())
    }

    async fn give_back(&self, buckets: &Buckets) -> Result<(), Unavailable> {
        let mut state = self.state();
        for (key, _) in &buckets.limits {
            state.bucket(key).give_back();
        }
        Ok(())
    }

    async fn pause(&self, bucket: &str, wait: Duration) -> Result<(), Unavailable> {
        let mut state = self.state();
        let now = state.now(self.clock.now().timestamp_micros());
        state.bucket(bucket).pause(now.saturating_add(micros(wait)));
        Ok(())
    }
}
