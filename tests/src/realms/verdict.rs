//! What became of the realms: shares of their limits, refusals of their providers, and how long they waited for a turn.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::crowd::Ledger;

use super::scene::Terms;
use super::trace::Served;

/// The result over all realms.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Smallest share of its limit that a realm got while it had work, and whose it is.
    pub least: (f64, String),
    /// Mean share.
    pub mean: f64,
    /// Realms that were judged.
    pub judged: usize,
    /// Calls that a provider refused, because of its window or of calls at once.
    pub refused: u64,
    /// Calls that were let through.
    pub calls: usize,
    /// Records made twice.
    pub twice: u64,
    /// Most calls at once over what is allowed; at most 0 when the cap holds.
    pub over_at_once: i64,
    /// Turns that some other lane had while a lane with a free place waited for its turn: 1 is a round.
    pub rounds: usize,
    /// Longest wait for a turn.
    pub waited: TimeDelta,
}

impl Verdict {
    /// Judges the realms of one provider by its own books, and adds them.
    pub fn add(&mut self, terms: &Terms, ledgers: &BTreeMap<String, Ledger>) {
        let mut shares: Vec<f64> = Vec::new();
        for (realm, ledger) in ledgers {
            self.refused += ledger.refused_by_rate + ledger.refused_by_concurrency;
            self.twice += ledger.twice;
            self.calls += ledger.calls.len();
            let over = i64::from(ledger.most_at_once) - i64::from(terms.concurrency);
            self.over_at_once =
                if self.judged + shares.len() == 0 { over } else { self.over_at_once.max(over) };
            let share = share(terms, &ledger.calls);
            if shares.is_empty() && self.judged == 0 || share < self.least.0 {
                self.least = (share, format!("{}/{realm}", terms.key));
            }
            shares.push(share);
        }
        let (before, more) = (as_f64(self.judged), as_f64(shares.len()));
        if more > 0.0 {
            self.mean = (self.mean * before + shares.iter().sum::<f64>()) / (before + more);
        }
        self.judged += shares.len();
    }

    /// Judges the turns of every lane.
    pub fn add_turns(&mut self, terms: &[Terms], served: &BTreeMap<String, Served>) {
        let all: BTreeMap<&str, Vec<(DateTime<Utc>, u64)>> = served
            .iter()
            .map(|(lane, served)| {
                (lane.as_str(), served.turns.iter().map(|(at, no, _)| (*at, *no)).collect())
            })
            .collect();
        for (lane, own) in served {
            let Some(terms) = terms.iter().find(|terms| lane.starts_with(&format!("{}/", terms.key))) else {
                continue;
            };
            for (free, began, number) in waits(terms, own) {
                self.waited = self.waited.max(began - free);
                let others = all.iter().filter(|(other, _)| **other != lane.as_str());
                let most = others.map(|(_, turns)| between(turns, free, number)).max();
                self.rounds = self.rounds.max(most.unwrap_or_default());
            }
        }
    }
}

/// What a realm made of its limit: whole windows' calls against the time they took. One that did not get through one
/// window's calls has what it got of them.
fn share(terms: &Terms, calls: &[i64]) -> f64 {
    let limit = usize::try_from(terms.calls).unwrap_or(usize::MAX);
    let windows = calls.len().saturating_sub(1) / limit;
    let took = calls.get(windows * limit).zip(calls.first()).map_or(0, |(last, first)| last - first);
    if windows == 0 || took == 0 {
        return as_f64(calls.len()) / as_f64(limit + 1);
    }
    as_f64(windows) * terms.per.as_secs_f64() / (as_f64_of(took) / 1e6)
}

/// Waits of a lane: since when a call was free by what the hub knew, when its turn began, and the turn's number.
fn waits(terms: &Terms, own: &Served) -> Vec<(DateTime<Utc>, DateTime<Utc>, u64)> {
    let turn_of: BTreeMap<&str, (DateTime<Utc>, u64)> = own
        .turns
        .iter()
        .flat_map(|(at, number, keys)| keys.iter().map(move |key| (key.as_str(), (*at, *number))))
        .collect();
    let ended: BTreeMap<&str, DateTime<Utc>> = own.done.iter().map(|(at, key)| (key.as_str(), *at)).collect();
    // In the order of their last turns: the one in which each was let through.
    let mut calls: Vec<(u64, DateTime<Utc>, DateTime<Utc>)> = turn_of
        .iter()
        .filter_map(|(key, (began, number))| Some((*number, *began, *ended.get(key)?)))
        .collect();
    calls.sort_unstable();
    let limit = usize::try_from(terms.calls).unwrap_or(usize::MAX);
    let per = TimeDelta::from_std(terms.per + Duration::from_micros(1)).unwrap_or_default();
    let at_once = usize::try_from(terms.concurrency).unwrap_or(1);
    let mut found = Vec::new();
    // Ends of the calls before, in their own order: those of one turn end as they like, and a call is free once less than
    // the limit's have ended within its window.
    let mut ends: Vec<DateTime<Utc>> = Vec::new();
    for (number, began, end) in calls {
        let by_window = ends.iter().rev().nth(limit - 1).map(|end| *end + per);
        let by_place = ends.iter().rev().nth(at_once - 1).copied();
        let free = by_window.zip(by_place).map(|(window, place)| window.max(place));
        if let Some(free) = free.filter(|free| began > *free) {
            found.push((free, began, number));
        }
        ends.insert(ends.partition_point(|known| *known <= end), end);
    }
    found
}

/// Turns after `free` and before the turn `number`.
fn between(turns: &[(DateTime<Utc>, u64)], free: DateTime<Utc>, number: u64) -> usize {
    let first = turns.partition_point(|(at, _)| *at <= free);
    let end = turns.partition_point(|(_, no)| *no < number);
    end.saturating_sub(first)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^52")]
fn as_f64_of(micros: i64) -> f64 {
    micros as f64
}
