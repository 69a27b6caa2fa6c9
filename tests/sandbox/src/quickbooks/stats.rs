//! What happened, counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde::Serialize;

/// Counters since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests by kind: `GET invoice`, `POST customer`, `query`, `cdc`, `batch`, `token`, ….
    pub requests: BTreeMap<String, u64>,
    /// Objects created.
    pub creates: u64,
    /// Objects changed, full or sparse.
    pub updates: u64,
    /// Transactions deleted.
    pub deletes: u64,
    /// Transactions voided.
    pub voids: u64,
    /// Creates through the API by business key (`Invoice:1001`).
    pub creates_per_key: BTreeMap<String, u64>,
    /// Live objects beyond the first with the same business key.
    pub duplicates: u64,
    /// Faults injected.
    pub faults_sent: u64,
    /// Requests refused with 429, by limit or by fault.
    pub throttled: u64,
    /// Requests refused with 401.
    pub unauthorized: u64,
    /// Writes refused with 5010.
    pub stale: u64,
    /// Requests for something the simulator does not know.
    pub not_modelled: u64,
    /// Answers replayed for a `requestid`.
    pub request_id_replays: u64,
    /// Replays whose request differed from the first one: a caller's mistake.
    pub request_id_mismatches: u64,
    /// Successful refreshes of tokens.
    pub refreshes: u64,
    /// Webhook deliveries attempted, forged and repeated ones included.
    pub webhooks_sent: u64,
    /// Webhook deliveries not answered with 200.
    pub webhook_failures: u64,
}

/// Shared counters.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Stats>>);

impl Tally {
    /// Changes the counters.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut self.0.lock().expect("no code panics while counting"));
    }

    /// Counts one request of this kind.
    pub(crate) fn request(&self, kind: &str) {
        self.note(|s| {
            if let Some(count) = s.requests.get_mut(kind) {
                *count += 1;
            } else {
                s.requests.insert(kind.to_owned(), 1);
            }
        });
    }

    pub(crate) fn snapshot(&self) -> Stats {
        self.0.lock().expect("no code panics while counting").clone()
    }

    pub(crate) fn reset(&self) {
        self.note(|s| *s = Stats::default());
    }
}
