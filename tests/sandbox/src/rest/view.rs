//! The records of a collection as one reader sees them, with the orders and the index of lists.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::layout::Row;

/// Record `n` is `rows[n - 1]`: ids are given in sequence and never again.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    rows: Vec<Row>,
    by_stamp: BTreeSet<(i64, u32)>,
    by_external: HashMap<Arc<str>, BTreeSet<u32>>,
    live: usize,
}

impl View {
    /// A view of generated records, none of them deleted.
    pub(super) fn of(rows: Vec<Row>) -> Self {
        let by_stamp = (1..).zip(&rows).map(|(n, row)| (row.updated_ms, n)).collect();
        let mut by_external: HashMap<Arc<str>, BTreeSet<u32>> = HashMap::new();
        for (number, row) in (1..).zip(&rows) {
            if let Some(key) = &row.external_id {
                by_external.entry(key.clone()).or_default().insert(number);
            }
        }
        Self { live: rows.len(), rows, by_stamp, by_external }
    }

    pub(super) fn get(&self, number: u32) -> Option<&Row> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.rows.get(index)
    }

    pub(super) fn last_number(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("a simulator holds fewer than 2^32 records")
    }

    /// How many records are not deleted.
    pub(super) fn live(&self) -> usize {
        self.live
    }

    /// How many records there are, deleted ones too.
    pub(super) fn all(&self) -> usize {
        self.rows.len()
    }

    /// Replaces record `number`, or appends it when it is the next one.
    pub(super) fn put(&mut self, number: u32, row: Row) {
        if let Some(old) = self.get(number).cloned() {
            self.by_stamp.remove(&(old.updated_ms, number));
            self.live -= usize::from(!old.deleted);
            if let Some(key) = &old.external_id {
                self.unindex(key, number);
            }
        }
        self.by_stamp.insert((row.updated_ms, number));
        self.live += usize::from(!row.deleted);
        if let Some(key) = &row.external_id {
            let numbers = self.by_external.entry(key.clone()).or_default();
            numbers.insert(number);
        }
        if number == self.last_number() + 1 {
            self.rows.push(row);
        } else if let Some(slot) = self.rows.get_mut(number as usize - 1) {
            *slot = row;
        }
    }

    /// The live records that carry `external_id`, in the order of their ids.
    pub(super) fn carrying(&self, external_id: &str) -> impl Iterator<Item = u32> + '_ {
        self.by_external.get(external_id).into_iter().flatten().copied()
    }

    /// The records changed at `from` or later by (stamp, number).
    pub(super) fn changed_from(&self, from: (i64, u32)) -> impl Iterator<Item = u32> + '_ {
        self.by_stamp.range(from..).map(|(_, number)| *number)
    }

    /// Business keys that more than one live record carries, with those records.
    pub(super) fn duplicates(&self) -> impl Iterator<Item = (&str, &BTreeSet<u32>)> {
        let keys = self.by_external.iter().map(|(key, numbers)| (&**key, numbers));
        keys.filter(|(_, numbers)| numbers.len() > 1)
    }

    fn unindex(&mut self, key: &str, number: u32) {
        if let Some(numbers) = self.by_external.get_mut(key) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_external.remove(key);
            }
        }
    }
}
