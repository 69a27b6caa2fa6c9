//! Throttles: sliding windows per company (fact sheet, "Rate limits").

use std::collections::VecDeque;

use super::config::QuickBooksConfig;

/// A count of events within the last `span_ms`; `max` 0 never refuses.
struct Window {
    span_ms: i64,
    max: u32,
    at: VecDeque<i64>,
}

impl Window {
    fn new(span_ms: i64, max: u32) -> Self {
        Self { span_ms, max, at: VecDeque::new() }
    }

    fn has_room(&mut self, now_ms: i64) -> bool {
        if self.max == 0 {
            return true;
        }
        while self.at.front().is_some_and(|first| *first <= now_ms - self.span_ms) {
            self.at.pop_front();
        }
        self.at.len() < self.max as usize
    }

    fn take(&mut self, now_ms: i64) {
        if self.max > 0 {
            self.at.push_back(now_ms);
        }
    }
}

/// The three limits of one app on one company.
pub(crate) struct Limits {
    second: Window,
    minute: Window,
    batches: Window,
}

impl Limits {
    pub(crate) fn new(config: &QuickBooksConfig) -> Self {
        Self {
            second: Window::new(1000, config.requests_per_second),
            minute: Window::new(60_000, config.requests_per_minute),
            batches: Window::new(60_000, config.batch_per_minute),
        }
    }

    /// Takes one request's place, or answers `false` when a window is full. Refused requests take none.
    pub(crate) fn admit(&mut self, now_ms: i64, batch: bool) -> bool {
        let room = self.second.has_room(now_ms)
            && self.minute.has_room(now_ms)
            && (!batch || self.batches.has_room(now_ms));
        if room {
            self.second.take(now_ms);
            self.minute.take(now_ms);
            if batch {
                self.batches.take(now_ms);
            }
        }
        room
    }
}
