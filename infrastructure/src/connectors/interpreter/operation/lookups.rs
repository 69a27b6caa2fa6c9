//! Results of lookups that are still good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;

/// Most results that a provider's cache holds.
const MOST: usize = 10_000;

/// Results by who asked what; each with the moment it is no longer good.
#[derive(Default)]
pub(in crate::connectors) struct Lookups {
    known: Mutex<HashMap<String, (DateTime<Utc>, Value)>>,
}

impl Lookups {
    /// A result that is still good.
    pub(in super::super) fn get(&self, key: &str, now: DateTime<Utc>) -> Option<Value> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(until, _)| *until > now).map(|(_, result)| result.clone())
    }

    /// Keeps a result. Where there are too many, those that end first go.
    pub(in super::super) fn put(&self, key: String, result: &Value, until: DateTime<Utc>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            let mut ends: Vec<DateTime<Utc>> = known.values().map(|(until, _)| *until).collect();
            ends.sort_unstable();
            let median = ends[ends.len() / 2];
            known.retain(|_, (until, _)| *until > median);
        }
        known.insert(key, (until, result.clone()));
    }
}
