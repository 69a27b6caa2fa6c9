//! Limits: sliding windows, a leaky bucket of points, and requests at once.
//!
//! None of them locks; keep them in the simulator's own `Mutex`, apart from [`Gate`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A count of events within the last `span_ms`; `max` 0 never refuses.
#[derive(Clone, Debug)]
pub struct Window {
    span_ms: i64,
    max: u32,
    at: VecDeque<i64>,
}

impl Window {
    /// At most `max` events in any `span_ms`; 0 switches the limit off.
    pub fn new(span_ms: i64, max: u32) -> Self {
        Self { span_ms, max, at: VecDeque::new() }
    }

    /// The limit; 0 when there is none.
    pub fn max(&self) -> u32 {
        self.max
    }

    fn forget(&mut self, now_ms: i64) {
        while self.at.front().is_some_and(|first| *first <= now_ms - self.span_ms) {
            self.at.pop_front();
        }
    }

    /// Whether one more event is allowed now.
    pub fn has_room(&mut self, now_ms: i64) -> bool {
        if self.max == 0 {
            return true;
        }
        self.forget(now_ms);
        self.at.len() < self.max as usize
    }

    /// Counts one event, allowed or not.
    pub fn take(&mut self, now_ms: i64) {
        if self.max > 0 {
            self.at.push_back(now_ms);
        }
    }

    /// Takes a place if there is one.
    pub fn admit(&mut self, now_ms: i64) -> bool {
        let room = self.has_room(now_ms);
        if room {
            self.take(now_ms);
        }
        room
    }

    /// How many more events are allowed now; `u32::MAX` without a limit.
    pub fn remaining(&mut self, now_ms: i64) -> u32 {
        if self.max == 0 {
            return u32::MAX;
        }
        self.forget(now_ms);
        let used = u32::try_from(self.at.len()).unwrap_or(u32::MAX);
        self.max.saturating_sub(used)
    }

    /// Milliseconds until the next event is allowed; 0 when it is now.
    pub fn wait_ms(&mut self, now_ms: i64) -> i64 {
        if self.has_room(now_ms) {
            return 0;
        }
        let over = self.at.len() - self.max as usize;
        self.at.get(over).map_or(0, |at| (at + self.span_ms - now_ms).max(0))
    }

    /// [`Self::wait_ms`] in whole seconds, at least 1: the value of `Retry-After`.
    pub fn retry_after_s(&mut self, now_ms: i64) -> u64 {
        let ms = u64::try_from(self.wait_ms(now_ms)).unwrap_or_default();
        ms.div_ceil(1000).max(1)
    }
}

/// A bucket of points that empties at a steady rate; a capacity of 0 never refuses.
#[derive(Clone, Debug)]
pub struct LeakyBucket {
    capacity: u64,
    per_second: u64,
    /// Thousandths of points in use at `at_ms`.
    used_milli: u64,
    at_ms: i64,
}

impl LeakyBucket {
    /// Room for `capacity` points, of which `per_second` come back each second.
    pub fn new(capacity: u64, per_second: u64) -> Self {
        Self { capacity, per_second, used_milli: 0, at_ms: 0 }
    }

    /// The whole room.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Points that come back each second.
    pub fn per_second(&self) -> u64 {
        self.per_second
    }

    fn leak(&mut self, now_ms: i64) {
        let passed = u64::try_from(now_ms - self.at_ms).unwrap_or_default();
        self.used_milli = self.used_milli.saturating_sub(passed.saturating_mul(self.per_second));
        self.at_ms = self.at_ms.max(now_ms);
    }

    /// Whole points free now.
    pub fn available(&mut self, now_ms: i64) -> u64 {
        self.leak(now_ms);
        self.capacity.saturating_sub(self.used_milli.div_ceil(1000))
    }

    /// Takes `points` if they are free.
    pub fn admit(&mut self, points: u64, now_ms: i64) -> bool {
        if self.capacity == 0 {
            return true;
        }
        let room = self.available(now_ms) >= points;
        if room {
            self.used_milli += points * 1000;
        }
        room
    }

    /// Gives points back: a query that cost less than was asked for.
    pub fn give_back(&mut self, points: u64) {
        self.used_milli = self.used_milli.saturating_sub(points * 1000);
    }

    /// Milliseconds until `points` are free; 0 when they are now.
    pub fn wait_ms(&mut self, points: u64, now_ms: i64) -> u64 {
        self.leak(now_ms);
        let free_milli = (self.capacity * 1000).saturating_sub(self.used_milli);
        (points * 1000).saturating_sub(free_milli).div_ceil(self.per_second.max(1))
    }
}

/// Requests served at the same moment; clones share the count.
#[derive(Clone, Debug)]
pub struct Gate {
    max: u32,
    inside: Arc<AtomicU32>,
}

/// A place inside a [`Gate`], left on drop.
#[derive(Debug)]
pub struct Pass(Arc<AtomicU32>);

impl Gate {
    /// At most `max` at once; 0 lets everybody in.
    pub fn new(max: u32) -> Self {
        Self { max, inside: Arc::default() }
    }

    /// A place, or `None` when all are taken.
    pub fn enter(&self) -> Option<Pass> {
        let before = self.inside.fetch_add(1, Ordering::SeqCst);
        let pass = Pass(Arc::clone(&self.inside));
        (self.max == 0 || before < self.max).then_some(pass)
    }

    /// How many are inside.
    pub fn inside(&self) -> u32 {
        self.inside.load(Ordering::SeqCst)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
