//! What each realm has, and has done.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Value, json};

use super::sandbox::CrowdConfig;

/// What a realm did. Times are microseconds of the simulator's clock.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// When each call that was let through was counted, in order.
    pub calls: Vec<i64>,
    /// Calls refused because the window was full.
    pub refused_by_rate: u64,
    /// Calls refused because too many were under way.
    pub refused_by_concurrency: u64,
    /// Most calls under way at once.
    pub most_at_once: u32,
    /// Records that were made more than once.
    pub twice: u64,
}

/// One realm.
#[derive(Debug, Default)]
pub(super) struct Realm {
    pub(super) ledger: Ledger,
    window: VecDeque<i64>,
    at_once: u32,
    things: BTreeMap<String, Value>,
    by_reference: HashMap<String, String>,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The window; microseconds until there is room.
    Window(i64),
    /// Calls at once.
    AtOnce,
}

impl Realm {
    /// A call comes in.
    pub(super) fn enter(&mut self, config: &CrowdConfig) -> Result<(), Full> {
        if self.at_once >= config.concurrency {
            self.ledger.refused_by_concurrency += 1;
            return Err(Full::AtOnce);
        }
        self.at_once += 1;
        self.ledger.most_at_once = self.ledger.most_at_once.max(self.at_once);
        Ok(())
    }

    /// A call is answered.
    pub(super) fn leave(&mut self) {
        self.at_once = self.at_once.saturating_sub(1);
    }

    /// Counts a call that is inside. A refused one does not count.
    pub(super) fn count(&mut self, config: &CrowdConfig, now: i64) -> Result<(), Full> {
        let span = i64::try_from(config.per.as_micros()).unwrap_or(i64::MAX);
        while self.window.pop_front_if(|at| *at <= now - span).is_some() {}
        if self.window.len() >= config.calls as usize {
            self.ledger.refused_by_rate += 1;
            return Err(Full::Window(self.window.front().map_or(0, |at| at + span - now)));
        }
        self.window.push_back(now);
        self.ledger.calls.push(now);
        Ok(())
    }

    /// Makes a thing.
    pub(super) fn create(&mut self, mut thing: Value) -> Value {
        let id = format!("t{}", self.things.len() + 1);
        let reference = thing["external_id"].as_str().unwrap_or_default().to_owned();
        if self.by_reference.insert(reference, id.clone()).is_some() {
            self.ledger.twice += 1;
        }
        thing["id"] = json!(id);
        self.things.insert(id, thing.clone());
        thing
    }

    /// A thing by its id.
    pub(super) fn thing(&self, id: &str) -> Option<&Value> {
        self.things.get(id)
    }

    /// Things that carry a reference.
    pub(super) fn with_reference(&self, reference: &str) -> Vec<&Value> {
        self.by_reference.get(reference).and_then(|id| self.things.get(id)).into_iter().collect()
    }
}
