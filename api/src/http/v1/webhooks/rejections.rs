//! Webhooks that were not taken: counted by reason, the last ones kept. Outside the log, or anybody could fill it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Rejections kept one by one.
const KEPT: usize = 1_000;

/// A webhook that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rejected {
    /// The provider it was sent for, as the path says.
    pub provider: String,
    /// Why.
    pub reason: &'static str,
    /// Bytes of its body.
    pub size: usize,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was rejected since this process started.
#[derive(Debug, Default)]
pub struct Rejections(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    counts: BTreeMap<&'static str, u64>,
    last: VecDeque<Rejected>,
}

impl Rejections {
    /// Counts one, and keeps it in place of the oldest.
    pub fn note(&self, rejected: Rejected) {
        metrics::counter!("headwater_webhook_rejections_total", "reason" => rejected.reason).increment(1);
        let mut kept = self.kept();
        *kept.counts.entry(rejected.reason).or_default() += 1;
        if kept.last.len() == KEPT {
            kept.last.pop_front();
        }
        kept.last.push_back(rejected);
    }

    /// How many for each reason.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.kept().counts.clone()
    }

    /// The last ones, the newest first.
    pub fn last(&self, limit: usize) -> Vec<Rejected> {
        self.kept().last.iter().rev().take(limit).cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().expect("no holder of this lock panics")
    }
}
