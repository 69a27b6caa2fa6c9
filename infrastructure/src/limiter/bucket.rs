//! One bucket: the calls under way, and when those of the last window were over.
//!
//! A token bucket of n lets up to 2n calls into one window (n at once, and n as they come back), so we keep a log
//! instead. A call under way may be counted by the provider at any moment until its answer, so its window begins with the
//! answer; one that began earlier would hold too few when calls take different times. Large limits are logged in steps of
//! a 1,024th of the window; a step counts until its last call has left the window, which can only make the limit
//! stricter.

use std::collections::VecDeque;
use std::time::Duration;

use application::ports::limiter::Limit;

/// Steps a window is logged in at least.
const STEPS: u64 = 1_024;

/// A call of which nothing was heard for this long (microseconds) is over: whoever made it is gone.
const LOST: i64 = 300_000_000;

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
    /// When the calls under way were let in.
    open: VecDeque<Instant>,
    paused_until: Instant,
}

impl Bucket {
    /// How long until a call is free; zero if one is.
    pub(super) fn wait(&mut self, limit: Limit, now: Instant) -> Duration {
        self.give_up(limit, now);
        let window = micros(limit.per);
        self.forget(now.saturating_sub(window));
        let pause = self.paused_until.saturating_sub(now);
        // As many as stand over the limit, plus one, must leave the window first.
        let open = u64::try_from(self.open.len()).unwrap_or(u64::MAX);
        let mut excess = (self.calls + open + 1).saturating_sub(u64::from(limit.calls));
        let mut free_at = now;
        for step in &self.steps {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(step.calls);
            free_at = step.last.saturating_add(window).saturating_add(1);
        }
        if excess > 0 {
            // Calls that are under way, or a limit of no calls at all.
            free_at = now.saturating_add(window).saturating_add(1);
        }
        let wait = pause.max(free_at.saturating_sub(now));
        Duration::from_micros(u64::try_from(wait).unwrap_or_default())
    }

    /// Lets a call in.
    pub(super) fn take(&mut self, now: Instant) {
        self.open.push_back(now);
    }

    /// A call is over. Which one is of no matter: what counts is how many.
    pub(super) fn over(&mut self, limit: Limit, now: Instant) {
        self.open.pop_front();
        self.log(limit, now);
    }

    /// A call was not sent.
    pub(super) fn give_back(&mut self) {
        self.open.pop_back();
    }

    /// Nothing more until then.
    pub(super) fn pause(&mut self, until: Instant) {
        self.paused_until = until.max(self.paused_until);
    }

    fn log(&mut self, limit: Limit, now: Instant) {
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

    /// Drops what was made before `start`. What was made at `start` itself still counts: a window has both its ends.
    fn forget(&mut self, start: Instant) {
        while let Some(step) = self.steps.pop_front_if(|step| step.last < start) {
            self.calls -= step.calls;
        }
    }

    fn give_up(&mut self, limit: Limit, now: Instant) {
        while self.open.pop_front_if(|began| now.saturating_sub(*began) > LOST).is_some() {
            self.log(limit, now);
        }
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
