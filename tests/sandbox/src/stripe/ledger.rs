//! One account's objects in one mode, newest last, with what they were a little earlier.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::kind::Kind;
use crate::kit::decimals::Object;
use crate::kit::keyed::Ids;

/// How long earlier states are kept: the longest lag of a search.
const REMEMBERED_MS: i64 = 3_600_000;

/// An object.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// As it is. Names that begin with `_` are the simulator's own and never shown.
    pub(crate) body: Arc<Object>,
    /// When each earlier state ended; `None` for "was not there".
    past: Vec<(i64, Option<Arc<Object>>)>,
    /// Deleted: still answered for customers, listed nowhere.
    pub(crate) deleted: bool,
}

impl Row {
    /// The state at `at_ms`; `None` when it was not there.
    pub(crate) fn at(&self, at_ms: i64) -> Option<&Arc<Object>> {
        let earlier = self.past.iter().find(|(ended, _)| *ended > at_ms);
        match earlier {
            Some((_, state)) => state.as_ref(),
            None => (!self.deleted).then_some(&self.body),
        }
    }

    fn remember(&mut self, now_ms: i64) {
        self.past.retain(|(ended, _)| *ended > now_ms - REMEMBERED_MS);
        let state = (!self.deleted).then(|| Arc::clone(&self.body));
        self.past.push((now_ms, state));
    }
}

/// The objects of one kind by the order they were made in.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<u64, Row>,
    places: HashMap<String, u64>,
    next: u64,
}

impl Table {
    /// An object, deleted ones too.
    pub(crate) fn row(&self, id: &str) -> Option<&Row> {
        self.rows.get(self.places.get(id)?)
    }

    /// An object that is not deleted.
    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Object>> {
        self.row(id).filter(|row| !row.deleted).map(|row| &row.body)
    }

    /// Where an object stands in the order, deleted ones too.
    pub(crate) fn place(&self, id: &str) -> Option<u64> {
        self.places.get(id).copied()
    }

    /// All that are not deleted, newest first, with their places.
    pub(crate) fn newest(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Object>)> {
        self.rows.iter().rev().filter(|(_, row)| !row.deleted).map(|(place, row)| (*place, &row.body))
    }

    /// All rows, newest first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values().rev()
    }

    /// How many are not deleted.
    pub(crate) fn len(&self) -> usize {
        self.rows.values().filter(|row| !row.deleted).count()
    }

    pub(crate) fn insert(&mut self, id: &str, body: Object, now_ms: i64) {
        self.next += 1;
        self.places.insert(id.to_owned(), self.next);
        let row = Row { body: Arc::new(body), past: vec![(now_ms, None)], deleted: false };
        self.rows.insert(self.next, row);
    }

    /// Changes an object; answers what it was.
    pub(crate) fn alter(
        &mut self,
        id: &str,
        now_ms: i64,
        change: impl FnOnce(&mut Object),
    ) -> Option<Arc<Object>> {
        let row = self.rows.get_mut(self.places.get(id)?)?;
        row.remember(now_ms);
        let before = Arc::clone(&row.body);
        change(Arc::make_mut(&mut row.body));
        Some(before)
    }

    pub(crate) fn remove(&mut self, id: &str, now_ms: i64) {
        let Some(place) = self.places.get(id) else { return };
        if let Some(row) = self.rows.get_mut(place) {
            row.remember(now_ms);
            row.deleted = true;
        }
    }
}

/// One account in one mode.
pub(crate) struct Ledger {
    pub(crate) account: String,
    pub(crate) livemode: bool,
    pub(crate) ids: Ids,
    /// Events nobody has been told of, by id.
    pub(crate) outbox: Vec<String>,
    tables: Vec<Table>,
}

impl Ledger {
    pub(crate) fn new(account: &str, livemode: bool, seed: u64) -> Self {
        let seed = account
            .bytes()
            .fold(seed ^ u64::from(livemode), |sum, byte| crate::faults::mix(sum ^ u64::from(byte)));
        Self {
            account: account.to_owned(),
            livemode,
            ids: Ids::new(seed),
            outbox: Vec::new(),
            tables: Kind::ALL.iter().map(|_| Table::default()).collect(),
        }
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind as usize]
    }

    pub(crate) fn table_mut(&mut self, kind: Kind) -> &mut Table {
        &mut self.tables[kind as usize]
    }

    /// An object that is not deleted.
    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<&Arc<Object>> {
        self.table(kind).get(id)
    }

    /// An id nobody has.
    pub(crate) fn fresh_id(&mut self, kind: Kind) -> String {
        self.ids.base62(kind.prefix(), kind.id_length())
    }
}
