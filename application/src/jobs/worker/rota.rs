//! Whose turn it is: that of the lane whose last turn is the longest ago. A lane that becomes known comes behind those that
//! wait already.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

/// Without news the queue is looked at this often: a job's time may have come.
const LOOK: TimeDelta = TimeDelta::milliseconds(250);
/// Looking at the queue takes one part in so many of the time, at most: with a thousand lanes a look is dear.
const SHARE: i32 = 10;

/// Turns of so many lanes without due work are remembered beside those of lanes that have some.
const REMEMBERED: usize = 4_096;

/// Lanes with due work, in their order.
#[derive(Default)]
pub(super) struct Rota {
    order: BTreeSet<(u64, String)>,
    /// The last turn of each lane; of one that had none, when it became known.
    turns: BTreeMap<String, u64>,
    turn: u64,
    resting: BTreeSet<(DateTime<Utc>, String)>,
    known: BTreeSet<String>,
    /// Lanes whose provider refused a call lately, and how many jobs are taken of them at the next turn.
    tight: BTreeMap<String, usize>,
    /// Something may have been enqueued since the last look.
    news: bool,
    /// When the last look began, and from when on there may be another one.
    looked: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Rota {
    /// There may be something new in the queue.
    pub(super) fn told(&mut self) {
        self.news = true;
    }

    /// Whether the queue is to be looked at now.
    pub(super) fn wants_look(&self, now: DateTime<Utc>) -> bool {
        let Some((began, again)) = self.looked else { return true };
        now >= again && (self.news || now - began >= LOOK)
    }

    /// When there is something to do without news: a lane has rested, or a look is due.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        let rested = self.resting.first().map(|(until, _)| *until);
        let look = self.looked.map(|(began, again)| if self.news { again } else { again.max(began + LOOK) });
        rested.into_iter().chain(look).min()
    }

    /// What a look found: lanes that are not known yet come last.
    pub(super) fn found(&mut self, lanes: Vec<String>, (began, ended): (DateTime<Utc>, DateTime<Utc>)) {
        self.news = false;
        self.looked = Some((began, ended + (ended - began).max(TimeDelta::zero()) * SHARE));
        for lane in lanes {
            self.add(lane);
        }
        if self.turns.len() > self.known.len() + REMEMBERED {
            self.turns.retain(|lane, _| self.known.contains(lane));
        }
    }

    /// A lane that has due work. Its place is that of its last turn, however late it is known that there is more to do.
    pub(super) fn add(&mut self, lane: String) {
        if self.known.insert(lane.clone()) {
            self.enter(lane);
        }
    }

    fn enter(&mut self, lane: String) {
        let turn = self.turns.get(&lane).copied().unwrap_or_else(|| self.next_turn(&lane));
        self.order.insert((turn, lane));
    }

    fn next_turn(&mut self, lane: &str) -> u64 {
        self.turn += 1;
        self.turns.insert(lane.to_owned(), self.turn);
        self.turn
    }

    /// The lane has its turn now.
    pub(super) fn serve(&mut self, lane: &str) {
        self.next_turn(lane);
    }

    /// Lanes that have rested have their places again.
    pub(super) fn wake(&mut self, now: DateTime<Utc>) {
        while self.resting.first().is_some_and(|(until, _)| *until <= now) {
            if let Some((_, lane)) = self.resting.pop_first() {
                self.enter(lane);
            }
        }
    }

    /// Lanes in order.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The next lane; it is not known any more, and this is not yet its turn.
    pub(super) fn take(&mut self) -> Option<String> {
        let (_, lane) = self.order.pop_first()?;
        self.known.remove(&lane);
        Some(lane)
    }

    /// The lane has due work, but nothing of it may begin before then.
    pub(super) fn rest(&mut self, lane: String, until: DateTime<Utc>) {
        if self.known.insert(lane.clone()) {
            self.resting.insert((until, lane));
        }
    }

    /// How many jobs to take of a lane: as many as it has places for after its provider refused one, since more would
    /// only be given back, and twice as many at each turn that goes well.
    pub(super) fn share(&mut self, lane: &str, (most, places): (usize, usize)) -> usize {
        let Some(share) = self.tight.get_mut(lane) else { return most };
        let now = (*share).clamp(places.clamp(1, most), most);
        *share = now.saturating_mul(2);
        if now == most {
            self.tight.remove(lane);
        }
        now
    }

    /// The provider let no more through.
    pub(super) fn refused(&mut self, lane: &str) {
        self.tight.insert(lane.to_owned(), 0);
    }
}
