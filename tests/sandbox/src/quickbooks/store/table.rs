//! One entity's rows, by id, by change time and by the text that names them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::quickbooks::decimals::{Object, text_of};
use crate::quickbooks::kind::Kind;

/// A live object.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The object as answered, apart from a customer's balance.
    pub(crate) body: Arc<Object>,
    /// What `SyncToken` says.
    pub(crate) token: u64,
    /// Last change in milliseconds since 1970.
    pub(crate) updated_ms: i64,
    /// False for list objects made inactive.
    pub(crate) active: bool,
    /// True for voided transactions.
    pub(crate) voided: bool,
    /// The state before the last change, shown to queries while they lag.
    pub(crate) previous: Option<Arc<Object>>,
}

/// The rows of one entity.
pub(crate) struct Table {
    key_field: Option<&'static str>,
    rows: BTreeMap<u64, Row>,
    by_time: BTreeSet<(i64, u64)>,
    by_key: HashMap<String, BTreeSet<u64>>,
    /// Deleted transactions: when they went, by id.
    gone: BTreeMap<u64, i64>,
}

impl Table {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            key_field: kind.key_field(),
            rows: BTreeMap::new(),
            by_time: BTreeSet::new(),
            by_key: HashMap::new(),
            gone: BTreeMap::new(),
        }
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All rows, by id.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = (u64, &Row)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    /// Ids and times of the rows changed at `since_ms` or later, oldest first.
    pub(crate) fn changed_since(&self, since_ms: i64) -> impl DoubleEndedIterator<Item = (i64, u64)> {
        self.by_time.range((since_ms, 0)..).copied()
    }

    /// Ids of deleted transactions with the time they went.
    pub(crate) fn gone(&self) -> impl Iterator<Item = (u64, i64)> {
        self.gone.iter().map(|(id, at)| (*id, *at))
    }

    /// Rows whose naming text is `key`, letter case aside.
    pub(crate) fn with_key(&self, key: &str) -> impl Iterator<Item = u64> {
        self.by_key.get(&key.to_lowercase()).into_iter().flatten().copied()
    }

    /// Whether [`Self::with_key`] answers for this property.
    pub(crate) fn is_key(&self, field: &str) -> bool {
        self.key_field == Some(field)
    }

    /// Stores a row under `id`, replacing one that is there.
    pub(crate) fn put(&mut self, id: u64, row: Row) {
        self.unindex(id);
        self.by_time.insert((row.updated_ms, id));
        if let Some(key) = self.key_of(&row) {
            self.by_key.entry(key).or_default().insert(id);
        }
        self.rows.insert(id, row);
    }

    /// Takes a row out and remembers when it went.
    pub(crate) fn remove(&mut self, id: u64, now_ms: i64) -> Option<Row> {
        self.unindex(id);
        let row = self.rows.remove(&id)?;
        self.gone.insert(id, now_ms);
        Some(row)
    }

    fn key_of(&self, row: &Row) -> Option<String> {
        let key = text_of(&row.body, self.key_field?);
        (!key.is_empty()).then(|| key.to_lowercase())
    }

    fn unindex(&mut self, id: u64) {
        let Some(row) = self.rows.get(&id) else { return };
        self.by_time.remove(&(row.updated_ms, id));
        let Some(key) = self.key_of(row) else { return };
        if let Some(ids) = self.by_key.get_mut(&key) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }
}
