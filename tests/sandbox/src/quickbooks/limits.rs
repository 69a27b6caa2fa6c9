//! Throttles: sliding windows per company (fact sheet, "Rate limits").

use super::config::QuickBooksConfig;
use crate::kit::window::Window;

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
