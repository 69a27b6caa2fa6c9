//! The provider's rate limit.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::problem::Problem;

const WINDOW_MS: i64 = 60_000;

/// At most so many requests in any 60 seconds. A refused request does not count.
#[derive(Debug)]
pub(super) struct RateLimit {
    per_minute: usize,
    /// When the allowed requests of the last minute came, in Unix ms.
    seen: Mutex<VecDeque<i64>>,
}

impl RateLimit {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute as usize, seen: Mutex::default() }
    }

    /// Errors: 429 with the seconds until the next request would be allowed.
    pub(super) fn admit(&self, now_ms: i64) -> Result<(), Problem> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        while seen.front().is_some_and(|ms| ms + WINDOW_MS <= now_ms) {
            seen.pop_front();
        }
        if seen.len() < self.per_minute {
            seen.push_back(now_ms);
            return Ok(());
        }
        let free_ms = seen.front().map_or(now_ms, |ms| *ms) + WINDOW_MS - now_ms;
        let seconds = u64::try_from(free_ms).unwrap_or(0).div_ceil(1000);
        Err(Problem::rate_limited(seconds.max(1)))
    }
}
