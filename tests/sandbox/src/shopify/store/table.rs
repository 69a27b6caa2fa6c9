//! Rows of one kind, in the order of their ids and of their changes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use crate::kit::decimals::Object;

/// An object with the state lists may still show.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) body: Arc<Object>,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    /// The state before the latest change, with its time; `None` for a new object.
    pub(crate) previous: Option<(Arc<Object>, i64)>,
}

/// A place in a sorted list: number, text and id.
pub(crate) type Mark = (i64, String, u64);

/// All rows of a kind.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<u64, Row>,
    by_time: BTreeSet<(i64, u64)>,
}

impl Table {
    pub(crate) fn get(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All rows by id.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = (u64, &Row)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    pub(crate) fn put(&mut self, id: u64, row: Row) {
        self.forget(id);
        self.by_time.insert((row.updated_ms, id));
        self.rows.insert(id, row);
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Row> {
        self.forget(id);
        self.rows.remove(&id)
    }

    fn forget(&mut self, id: u64) {
        if let Some(row) = self.rows.get(&id) {
            self.by_time.remove(&(row.updated_ms, id));
        }
    }

    /// Places in the order of ids, strictly between two of them.
    pub(crate) fn by_id(
        &self,
        lower: Option<&Mark>,
        upper: Option<&Mark>,
    ) -> Box<dyn DoubleEndedIterator<Item = Mark> + '_> {
        let bounds = (edge(lower.map(|mark| mark.2)), edge(upper.map(|mark| mark.2)));
        if is_empty(&bounds) {
            return Box::new(std::iter::empty());
        }
        Box::new(self.rows.range(bounds).map(|(id, _)| (0, String::new(), *id)))
    }

    /// Places in the order of changes, strictly between two of them.
    pub(crate) fn by_time(
        &self,
        lower: Option<&Mark>,
        upper: Option<&Mark>,
    ) -> Box<dyn DoubleEndedIterator<Item = Mark> + '_> {
        let place = |mark: &Mark| (mark.0, mark.2);
        let bounds = (edge(lower.map(place)), edge(upper.map(place)));
        if is_empty(&bounds) {
            return Box::new(std::iter::empty());
        }
        Box::new(self.by_time.range(bounds).map(|(at, id)| (*at, String::new(), *id)))
    }
}

fn edge<T>(at: Option<T>) -> Bound<T> {
    at.map_or(Bound::Unbounded, Bound::Excluded)
}

/// Whether nothing can lie between: a range from a higher to a lower place is a mistake to ask for.
fn is_empty<T: Ord>(bounds: &(Bound<T>, Bound<T>)) -> bool {
    matches!(bounds, (Bound::Excluded(lower), Bound::Excluded(upper)) if lower >= upper)
}
