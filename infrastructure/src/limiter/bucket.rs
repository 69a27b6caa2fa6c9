//! One bucket: when the calls of the last window were made.
//!
//! A token bucket of n lets up to 2n calls into one window (n at once, and n as they come back), so we keep a log
//! instead. Large limits are logged in steps of a 1,024th of the window; a step counts until its last call has left
//! the window, which can only make the limit stricter.

use std::collections::VecDeque;
use std::time::Duration;

use application::ports::limiter::Limit;

/// Steps a window is logged in at least.
const STEPS: u64 = 1_024;

/// Microseconds on the limiter's own time, which never goes back.
pub(super) type Instant = i64;

/// Calls close to each other.
struct Step {
    first: Instant,
    last: Instant,
    calls: u64,
}

/// The log of one bucket.
#[derive(Default)]
pub(super) struct Bucket {
    steps: VecDeque<Step>,
    calls: u64,
    paused_until: Instant,
}

impl Bucket {
    /// How long until a call is free; zero if one is.
    pub(super) fn wait(&mut self, limit: Limit, now: Instant) -> Duration {
        let window = micros(limit.per);
        self.forget(now.saturating_sub(window));
        let pause = self.paused_until.saturating_sub(now);
        // As many as stand over the limit, plus one, must leave the window first.
        let mut excess = (self.calls + 1).saturating_sub(u64::from(limit.calls));
        let mut free_at = now;
        for step in &self.steps {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(step.calls);
            free_at = step.last.saturating_add(window).saturating_add(1);
        }
        if excess > 0 {
            // A limit of no calls at all.
            free_at = now.saturating_add(window.max(1));
        }
        let wait = pause.max(free_at.saturating_sub(now));
        Duration::from_micros(u64::try_from(wait).unwrap_or_default())
    }

    /// Logs a call.
    pub(super) fn take(&mut self, limit: Limit, now: Instant) {
        self.calls += 1;
        let merge = u64::from(limit.calls) > STEPS;
        let step = if merge { micros(limit.per) / i64::try_from(STEPS).unwrap_or(i64::MAX) } else { 0 };
        match self.steps.back_mut() {
            Some(last) if now.saturating_sub(last.first) <= step => {
                last.last = now;
                last.calls += 1;
            }
            _ => self.steps.push_back(Step { first: now, last: now, calls: 1 }),
        }
    }

    /// Nothing more until then.
    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = until.max(self.paused_until);
    }

    /// Drops what was made before `start`. What was made at `start` itself still counts: a window has both its ends.
    fn forget(&mut self, start: Instant) {
        while let Some(step) = self.steps.pop_front_if(|step| step.last < start) {
            self.calls -= step.calls;
        }
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
