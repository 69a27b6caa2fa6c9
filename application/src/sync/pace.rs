//! How long a lane's writes take, and so how many may lie ready behind those under way.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

/// Rounds that lie ready at most.
const MOST: u32 = 7;
/// What lies ready is sent within one part in so many of the time that an intent may wait.
const PART: u32 = 4;
/// Weight of the writes before the last one.
const BEFORE: i32 = 7;

/// Time of a write, by lane: a mean in which the last ones weigh most.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<String, TimeDelta>>);

impl Pace {
    /// A write of the lane took so long.
    pub(super) fn took(&self, lane: &str, time: TimeDelta) {
        let time = time.max(TimeDelta::zero());
        let mut lanes = self.lanes();
        match lanes.get_mut(lane) {
            Some(mean) => *mean = (*mean * BEFORE + time) / (BEFORE + 1),
            None => drop(lanes.insert(lane.to_owned(), time)),
        }
    }

    /// Rounds of writes that may lie ready when each has to be sent within `window`; none before the first is answered.
    pub(super) fn ahead(&self, lane: &str, window: Duration) -> usize {
        let Some(mean) = self.lanes().get(lane).and_then(|mean| mean.to_std().ok()) else { return 0 };
        let rounds = (1..=MOST).take_while(|rounds| mean * *rounds <= window / PART);
        rounds.count()
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, TimeDelta>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::TimeDelta;

    use super::Pace;

    const WINDOW: Duration = Duration::from_secs(30);

    #[test]
    fn nothing_lies_ready_before_a_write_is_answered_and_some_rounds_behind_fast_ones() {
        let pace = Pace::default();
        assert_eq!(pace.ahead("a", WINDOW), 0);
        pace.took("a", TimeDelta::milliseconds(20));
        assert_eq!((pace.ahead("a", WINDOW), pace.ahead("b", WINDOW)), (7, 0));
    }

    #[test]
    fn what_lies_ready_is_sent_in_time_also_when_writes_get_slow() {
        let pace = Pace::default();
        pace.took("a", TimeDelta::seconds(3));
        assert_eq!(pace.ahead("a", WINDOW), 2);
        for _ in 0..40 {
            pace.took("a", TimeDelta::seconds(9));
        }
        assert_eq!(pace.ahead("a", WINDOW), 0);
    }
}
