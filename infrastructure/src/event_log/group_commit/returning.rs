//! How long a batch waits for callers that come back.
//!
//! Callers that wait for their answers fall into two groups which take turns: while one is being written, the other
//! comes back. Each then waits for two writes. Where a write takes long, a moment's patience after it puts both into
//! one.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// An append that takes less is over sooner than its callers are back.
const LONG: TimeDelta = TimeDelta::milliseconds(2);
/// A longer append is not waited for longer.
const LONGEST: TimeDelta = TimeDelta::milliseconds(20);

/// The callers whom the last batch answered and who have not come back yet.
#[derive(Debug, Default)]
pub(super) struct Returning {
    away: usize,
    until: Option<DateTime<Utc>>,
}

impl Returning {
    /// A batch that took from `began` to `ended` answered so many callers.
    pub(super) fn answered(&mut self, callers: usize, began: DateTime<Utc>, ended: DateTime<Utc>) {
        let took = ended - began;
        self.away = callers;
        self.until = (took >= LONG).then(|| ended + took.min(LONGEST) / 2);
    }

    /// A caller came, as far as is known one of those.
    pub(super) fn came(&mut self) {
        self.away = self.away.saturating_sub(1);
    }

    /// How much longer it pays to wait for one; `None` when it does not.
    pub(super) fn patience(&self, now: DateTime<Utc>) -> Option<Duration> {
        let until = self.until.filter(|_| self.away > 0)?;
        (until - now).to_std().ok().filter(|left| !left.is_zero())
    }
}
