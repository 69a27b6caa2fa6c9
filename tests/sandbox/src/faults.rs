//! The faults a provider shows: which one comes next, and what it does to a request.
//!
//! The sequence is a pure function of the seed and the call number, so a failing run repeats.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::Response;
use serde::{Deserialize, Serialize};

mod answer;
pub use answer::apply;

/// How often each fault comes. Probabilities are between 0 and 1 and are added up in the order
/// of the fields; whatever is left of 1 is no fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultPlan {
    /// Seed of the sequence.
    pub seed: u64,
    /// 429, nothing committed.
    pub p429: f64,
    /// 500, nothing committed.
    pub p500: f64,
    /// 500 after the write is committed.
    pub error_after: f64,
    /// Committed at once; the right answer, `slow_ms` late.
    pub slow: f64,
    /// Delay of a slow answer, in milliseconds.
    pub slow_ms: u64,
    /// Committed; the connection ends in the middle of the answer's body.
    pub truncate: f64,
    /// The connection is dropped, nothing committed.
    pub drop_before: f64,
    /// Committed, then the connection is dropped: the caller never hears of its write.
    pub drop_after: f64,
    /// 200 with an HTML page, nothing committed.
    pub html: f64,
    /// `Retry-After` of a 429, in seconds; absent when `None`.
    pub retry_after_s: Option<u64>,
    /// Lists, queries and searches show a write only after this many milliseconds.
    pub search_lag_ms: u64,
    /// Share of webhooks sent twice with the same event id.
    pub webhook_duplicate: f64,
    /// Delay of every webhook, in milliseconds.
    pub webhook_late_ms: u64,
    /// Share of webhooks followed by one whose signature is made with another secret.
    pub webhook_forged: f64,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing.
    None,
    /// 429, nothing committed.
    TooManyRequests,
    /// 500, nothing committed.
    ServerError,
    /// Committed, then 500.
    ErrorAfter,
    /// Committed at once; the right answer, late.
    Slow,
    /// Committed, the body is cut off.
    Truncated,
    /// Connection dropped, nothing committed.
    DropBefore,
    /// Committed, then the connection is dropped.
    DropAfter,
    /// 200 with an HTML page, nothing committed.
    Html,
    /// Committed; the answer is a gigabyte of JSON whose length is not announced.
    Huge,
    /// Committed; the answer is JSON nested ten thousand levels deep.
    Deep,
    /// Committed; the right answer, one byte a second.
    Trickle,
}

/// The fault sequence of one simulator. Clones share it.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    plan: FaultPlan,
    calls: u64,
    chances: u64,
    forced: VecDeque<(Fault, u32)>,
    forced_writes: VecDeque<(Fault, u32)>,
    sent: BTreeMap<Fault, u64>,
}

impl Faults {
    /// Starts the sequence of `plan` at its first call.
    pub fn new(plan: FaultPlan) -> Self {
        Self(Arc::new(Mutex::new(State { plan, ..State::default() })))
    }

    /// Replaces the plan and starts its sequence from the first call; forced faults stay queued.
    pub fn set(&self, plan: FaultPlan) {
        let mut state = self.state();
        state.plan = plan;
        state.calls = 0;
        state.chances = 0;
    }

    /// The plan in force.
    pub fn plan(&self) -> FaultPlan {
        self.state().plan.clone()
    }

    /// The fault of the next request: forced ones first, in the order they were queued, then the
    /// seeded sequence. Forced ones do not move the sequence.
    pub fn next(&self) -> Fault {
        let mut state = self.state();
        let fault = state.next();
        state.count(fault)
    }

    /// The fault of the next write: those forced for writes first, then as [`Faults::next`].
    pub fn next_write(&self) -> Fault {
        let mut state = self.state();
        let fault = take(&mut state.forced_writes).unwrap_or_else(|| state.next());
        state.count(fault)
    }

    /// The next `times` requests meet `fault`. `Fault::None` forces requests to go well.
    pub fn force(&self, fault: Fault, times: u32) {
        self.state().forced.push_back((fault, times));
    }

    /// The next `times` writes meet `fault`.
    pub fn force_write(&self, fault: Fault, times: u32) {
        self.state().forced_writes.push_back((fault, times));
    }

    /// Whether an event of probability `p` happens now: for webhooks, on a seeded sequence of its
    /// own, so that it does not move the one of requests.
    pub fn chance(&self, p: f64) -> bool {
        let mut state = self.state();
        state.chances += 1;
        uniform(!state.plan.seed, state.chances) < p
    }

    /// How many faults of each kind were handed out since the last reset.
    pub fn sent(&self) -> BTreeMap<Fault, u64> {
        self.state().sent.clone()
    }

    /// Forgets the counts and the forced faults and starts the sequence again; the plan stays.
    pub fn reset(&self) {
        let mut state = self.state();
        let plan = std::mem::take(&mut state.plan);
        *state = State { plan, ..State::default() };
    }

    /// Does `fault` to the request whose handler is `commit`, with this plan's delay and
    /// `Retry-After`; otherwise as the free function [`apply`].
    ///
    /// A slow write is stored first and answered late, so a caller that gives up meanwhile has
    /// written all the same.
    pub async fn apply(&self, fault: Fault, commit: impl Future<Output = Response>) -> Response {
        let (retry_after, slow_ms) = {
            let state = self.state();
            (state.plan.retry_after_s, state.plan.slow_ms)
        };
        let response = apply(fault, retry_after, commit).await;
        if fault == Fault::Slow {
            tokio::time::sleep(Duration::from_millis(slow_ms)).await;
        }
        response
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is a single assignment, so a poisoned state is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> Fault {
        if let Some(fault) = take(&mut self.forced) {
            return fault;
        }
        self.calls += 1;
        let mut draw = uniform(self.plan.seed, self.calls);
        for (fault, share) in self.plan.shares() {
            if draw < share {
                return fault;
            }
            draw -= share;
        }
        Fault::None
    }

    fn count(&mut self, fault: Fault) -> Fault {
        if fault != Fault::None {
            *self.sent.entry(fault).or_default() += 1;
        }
        fault
    }
}

impl FaultPlan {
    fn shares(&self) -> [(Fault, f64); 8] {
        [
            (Fault::TooManyRequests, self.p429),
            (Fault::ServerError, self.p500),
            (Fault::ErrorAfter, self.error_after),
            (Fault::Slow, self.slow),
            (Fault::Truncated, self.truncate),
            (Fault::DropBefore, self.drop_before),
            (Fault::DropAfter, self.drop_after),
            (Fault::Html, self.html),
        ]
    }
}

/// Takes one off the front of a queue of forced faults.
fn take(queue: &mut VecDeque<(Fault, u32)>) -> Option<Fault> {
    while let Some((fault, left)) = queue.front_mut() {
        if *left > 0 {
            *left -= 1;
            return Some(*fault);
        }
        queue.pop_front();
    }
    None
}

/// The finaliser of splitmix64: a well mixed 64-bit number for each input.
pub(crate) fn mix(input: u64) -> u64 {
    let z = input.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Draw number `call` of the sequence of `seed`: at least 0, below 1.
fn uniform(seed: u64, call: u64) -> f64 {
    let draw = mix(mix(seed) ^ call) >> 32;
    let draw = u32::try_from(draw).expect("a 64-bit number shifted by 32 fits in 32 bits");
    f64::from(draw) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests;
