//! Counters by name, shared by handlers and the webhook thread.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

/// Counters every simulator shows, zero ones too.
const ALWAYS: &[&str] = &[
    "creates",
    "updates",
    "deletes",
    "duplicates",
    "faults_sent",
    "throttled",
    "unauthorized",
    "not_modelled",
    "replays",
    "refreshes",
    "webhooks_sent",
    "webhook_failures",
];

/// Groups every simulator shows, empty ones too.
const GROUPS: &[&str] = &["requests", "creates_per_key"];

/// Counters and groups of counters. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    single: BTreeMap<String, u64>,
    groups: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Tally {
    /// Adds one to the counter `name`.
    pub fn note(&self, name: &str) {
        self.add(name, 1);
    }

    /// Adds `count` to the counter `name`.
    pub fn add(&self, name: &str, count: u64) {
        bump(&mut self.counts().single, name, count);
    }

    /// Adds one to `key` in the group `group`: `note_in("creates_per_key", "Invoice:1001")`.
    pub fn note_in(&self, group: &str, key: &str) {
        let mut counts = self.counts();
        if !counts.groups.contains_key(group) {
            counts.groups.insert(group.to_owned(), BTreeMap::new());
        }
        if let Some(group) = counts.groups.get_mut(group) {
            bump(group, key, 1);
        }
    }

    /// Counts one request of this kind: `GET Invoices`, `token`, ….
    pub fn request(&self, kind: &str) {
        self.note_in("requests", kind);
    }

    /// Counts one create through the API, and once more under its business key.
    pub fn create(&self, key: Option<&str>) {
        self.note("creates");
        if let Some(key) = key {
            self.note_in("creates_per_key", key);
        }
    }

    /// The counter `name`.
    pub fn count(&self, name: &str) -> u64 {
        self.counts().single.get(name).copied().unwrap_or(0)
    }

    /// The group `name`.
    pub fn group(&self, name: &str) -> BTreeMap<String, u64> {
        self.counts().groups.get(name).cloned().unwrap_or_default()
    }

    /// All counters as one JSON object: counters as numbers, groups as objects of numbers.
    pub fn snapshot(&self) -> Value {
        let counts = self.counts();
        let mut all = Map::new();
        for name in ALWAYS {
            all.insert((*name).to_owned(), json!(0));
        }
        for name in GROUPS {
            all.insert((*name).to_owned(), json!({}));
        }
        all.extend(counts.single.iter().map(|(name, count)| (name.clone(), json!(count))));
        all.extend(counts.groups.iter().map(|(name, group)| (name.clone(), json!(group))));
        Value::Object(all)
    }

    /// Sets everything to nothing.
    pub fn reset(&self) {
        *self.counts() = Counts::default();
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Counters are whole after every single change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bump(counts: &mut BTreeMap<String, u64>, name: &str, by: u64) {
    if let Some(count) = counts.get_mut(name) {
        *count += by;
    } else {
        counts.insert(name.to_owned(), by);
    }
}
