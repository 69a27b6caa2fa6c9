//! One collection: what is stored, and what lists and searches already show of it.

use std::collections::VecDeque;

use super::layout::{Layout, Row};
use super::view::View;

#[derive(Debug)]
pub(super) struct Collection {
    pub(super) name: String,
    pub(super) layout: Layout,
    /// What is stored: reading by id and every check see this.
    current: View,
    /// What lists and searches show: behind `current` by the search lag.
    listed: View,
    /// Writes lists do not show yet, with the moment (Unix ms) from which they do.
    pending: VecDeque<(i64, u32, Row)>,
}

impl Collection {
    pub(super) fn new(name: &str, layout: Layout, rows: Vec<Row>) -> Self {
        let current = View::of(rows);
        Self { name: name.to_owned(), layout, listed: current.clone(), current, pending: VecDeque::new() }
    }

    pub(super) fn current(&self) -> &View {
        &self.current
    }

    /// What lists show; [`Collection::settle`] brings it up to date.
    pub(super) fn listed(&self) -> &View {
        &self.listed
    }

    /// The live record with this id, and its number.
    pub(super) fn live(&self, id: &str) -> Option<(u32, &Row)> {
        let number = self.layout.number(id)?;
        let row = self.current.get(number)?;
        (!row.deleted).then_some((number, row))
    }

    /// Stores a row now and shows it in lists from `visible_ms`.
    pub(super) fn put(&mut self, number: u32, row: Row, visible_ms: i64) {
        self.current.put(number, row.clone());
        self.pending.push_back((visible_ms, number, row));
    }

    /// Whether a pending write is due at `now_ms`.
    pub(super) fn unsettled(&self, now_ms: i64) -> bool {
        let first = self.pending.front();
        first.is_some_and(|(visible_ms, _, _)| *visible_ms <= now_ms)
    }

    /// Shows the writes that are due. They are shown in the order they were made, so one that
    /// waits holds back those after it.
    pub(super) fn settle(&mut self, now_ms: i64) {
        while self.unsettled(now_ms) {
            if let Some((_, number, row)) = self.pending.pop_front() {
                self.listed.put(number, row);
            }
        }
    }
}
