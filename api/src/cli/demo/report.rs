//! The end: numbers for people, and for machines.

use serde_json::{Value, json};

use super::census::{History, State};
use crate::cli::terminal;

/// Lost records named one by one at most.
const NAMED: usize = 20;

/// Everything counted.
pub(super) struct Report {
    pub(super) history: History,
    pub(super) state: State,
    /// Objects beyond the first with the same business key, as the simulator counts them.
    pub(super) duplicates: u64,
    /// Faults the simulator showed.
    pub(super) faults: u64,
    pub(super) duration_ms: u64,
    /// Whether everything was done before it was counted.
    pub(super) rested: bool,
}

impl Report {
    /// Whether everything came to rest, nothing was lost and nothing is there twice.
    pub(super) fn good(&self) -> bool {
        self.rested && self.duplicates == 0 && self.state.lost.is_empty()
    }

    pub(super) fn say(&self) {
        let header = ["", "here", "at the provider", "equal", "listed", "total here", "total there"];
        let rows = self.state.entities.iter().map(|(name, entity)| {
            let counts =
                [entity.ours, entity.theirs, entity.equal, entity.listed].map(|count| count.to_string());
            let totals = [entity.our_total, entity.their_total].map(|total| total.normalize().to_string());
            [vec![name.clone()], counts.to_vec(), totals.to_vec()].concat()
        });
        terminal::say(&terminal::table(&header, rows));
        let rows = self
            .numbers()
            .into_iter()
            .map(|(name, count, from)| vec![name.replace('_', " "), count.to_string(), from.to_owned()]);
        terminal::say(&terminal::table(&["", "", "counted from"], rows));
        for lost in self.state.lost.iter().take(NAMED) {
            terminal::say(&format!("LOST {lost}"));
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut numbers: serde_json::Map<String, Value> =
            self.numbers().into_iter().map(|(name, count, _)| (name.to_owned(), json!(count))).collect();
        numbers.insert("duration_ms".to_owned(), json!(self.duration_ms));
        numbers.insert("came_to_rest".to_owned(), json!(self.rested));
        Value::Object(numbers)
    }

    fn numbers(&self) -> Vec<(&'static str, u64, &'static str)> {
        let history = &self.history;
        vec![
            ("records_imported", history.imported, "the log"),
            ("pushed", history.pushed, "the log: writes the provider confirmed"),
            ("pulled", history.pulled, "the log: changes taken from the provider"),
            ("conflicts", history.conflicts, "the log"),
            ("unknown_outcomes", history.unknown, "the log: writes without an answer"),
            ("unknown_resolved", history.resolved, "the log: of those, found out"),
            ("faults", self.faults, "the simulator"),
            ("duplicates_at_provider", self.duplicates, "the simulator"),
            ("lost", self.state.lost.len() as u64, "views and simulator, record by record"),
            ("events", history.events, "the log"),
        ]
    }
}
