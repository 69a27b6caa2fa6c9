//! What a REST simulator counts.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::change::{Committed, Kind};
use super::problem::Problem;

/// Counts since the start or the last reset. Changes made in process are not counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) lists: u64,
    pub(super) rows: u64,
    pub(super) reads: u64,
    writes: u64,
    creates: u64,
    pub(super) replays: u64,
    /// Refusals by status, without those of faults.
    refused: BTreeMap<u16, u64>,
    /// Writes by `collection/external_id`.
    pub(super) writes_per_key: BTreeMap<String, u64>,
    /// Creates by `collection/external_id`.
    creates_per_key: BTreeMap<String, u64>,
    /// Writes by record id.
    pub(super) writes_per_record: BTreeMap<String, u64>,
}

impl Counts {
    pub(super) fn committed(&mut self, collection: &str, committed: &Committed) {
        let created = committed.kind == Kind::Created;
        self.writes += 1;
        self.creates += u64::from(created);
        let record = self.writes_per_record.entry(committed.id.clone());
        *record.or_default() += 1;
        if let Some(key) = &committed.external_id {
            let key = format!("{collection}/{key}");
            if created {
                *self.creates_per_key.entry(key.clone()).or_default() += 1;
            }
            *self.writes_per_key.entry(key).or_default() += 1;
        }
    }

    pub(super) fn refused(&mut self, problem: &Problem) {
        *self.refused.entry(problem.status.as_u16()).or_default() += 1;
    }

    pub(super) fn to_json(&self) -> Value {
        let most = |counts: &BTreeMap<String, u64>| counts.values().max().copied().unwrap_or(0);
        let not_modelled = StatusCode::NOT_IMPLEMENTED.as_u16();
        json!({
            "requests": self.requests,
            "lists": self.lists,
            "rows_served": self.rows,
            "reads": self.reads,
            "writes": self.writes,
            "creates": self.creates,
            "replays": self.replays,
            "refused": self.refused,
            "not_modelled": self.refused.get(&not_modelled).copied().unwrap_or(0),
            "distinct_keys": self.writes_per_key.len(),
            "max_writes_per_key": most(&self.writes_per_key),
            "max_writes_per_record": most(&self.writes_per_record),
            "duplicates": self.creates_per_key.values().filter(|count| **count > 1).count(),
        })
    }
}
