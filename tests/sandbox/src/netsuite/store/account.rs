//! Rows by record type, with external ids and what was deleted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::kit::Clock;
use crate::kit::decimals::{Object, text_of};
use crate::netsuite::config::{CustomField, NetSuiteConfig};
use crate::netsuite::kind::{KINDS, Kind};
use crate::netsuite::times::Zone;

/// A record.
#[derive(Clone, Debug)]
pub(in crate::netsuite) struct Row {
    pub(in crate::netsuite) body: Arc<Object>,
    pub(in crate::netsuite) created_ms: i64,
    /// Last change in whole seconds, as milliseconds since 1970; background changes move it too.
    pub(in crate::netsuite) modified_ms: i64,
    /// The exact time of the change, for lists that lag.
    changed_ms: i64,
    previous: Option<Arc<Object>>,
}

impl Row {
    /// The state lists and queries see; `None` while a new record is not there yet.
    pub(in crate::netsuite) fn seen(&self, now_ms: i64, lag_ms: i64) -> Option<&Arc<Object>> {
        let settled = lag_ms == 0 || self.changed_ms + lag_ms <= now_ms;
        if settled { Some(&self.body) } else { self.previous.as_ref() }
    }
}

/// What an administrator can change while connected.
#[derive(Clone, Debug)]
pub(in crate::netsuite) struct Settings {
    pub(in crate::netsuite) one_world: bool,
    pub(in crate::netsuite) zone: Zone,
    pub(in crate::netsuite) custom_fields: Vec<CustomField>,
    /// Transactions dated on or before it are in closed periods.
    pub(in crate::netsuite) closed_until: Option<NaiveDate>,
    /// How many of the next edits meet somebody else's.
    pub(in crate::netsuite) collisions: u32,
    pub(in crate::netsuite) keep_previous: bool,
    /// Record types (or `suiteql`) the role has no permission for.
    pub(in crate::netsuite) forbidden: BTreeSet<String>,
}

/// The whole account.
pub(in crate::netsuite) struct Ledger {
    pub(in crate::netsuite) settings: Settings,
    pub(in crate::netsuite) clock: Clock,
    /// Type, id and time of deleted records.
    pub(in crate::netsuite) gone: Vec<(Kind, u64, i64)>,
    tables: Vec<BTreeMap<u64, Row>>,
    external: HashMap<(Kind, String), u64>,
    labels: HashMap<(usize, String), u64>,
    next: Vec<u64>,
    undo: Vec<(Kind, u64, Option<Row>)>,
    numbers: HashMap<Kind, u64>,
}

impl Ledger {
    pub(in crate::netsuite) fn new(config: &NetSuiteConfig, clock: Clock) -> Self {
        let settings = Settings {
            one_world: config.one_world,
            zone: Zone::new(config),
            custom_fields: config.custom_fields.clone(),
            closed_until: None,
            collisions: 0,
            keep_previous: false,
            forbidden: BTreeSet::new(),
        };
        let mut ledger = Self {
            settings,
            clock,
            gone: Vec::new(),
            tables: vec![BTreeMap::new(); KINDS.len()],
            external: HashMap::new(),
            labels: HashMap::new(),
            next: vec![0; KINDS.len() + 3],
            undo: Vec::new(),
            numbers: HashMap::new(),
        };
        ledger.seed();
        ledger.settle();
        ledger
    }

    pub(in crate::netsuite) fn row(&self, kind: Kind, id: u64) -> Option<&Row> {
        self.tables[kind.slot()].get(&id)
    }

    pub(in crate::netsuite) fn body(&self, kind: Kind, id: u64) -> Option<&Object> {
        self.row(kind, id).map(|row| row.body.as_ref())
    }

    pub(in crate::netsuite) fn rows(&self, kind: Kind) -> impl Iterator<Item = (u64, &Row)> {
        self.tables[kind.slot()].iter().map(|(id, row)| (*id, row))
    }

    pub(in crate::netsuite) fn count(&self, kind: Kind) -> usize {
        self.tables[kind.slot()].len()
    }

    /// The type and state of the record one of these types has under `id`.
    pub(in crate::netsuite) fn among(&self, kinds: &[Kind], id: &str) -> Option<(Kind, u64, &Object)> {
        let id = id.parse().ok()?;
        kinds.iter().find_map(|kind| self.body(*kind, id).map(|body| (*kind, id, body)))
    }

    /// The record with this external id.
    pub(in crate::netsuite) fn with_external(&self, kind: Kind, external: &str) -> Option<u64> {
        self.external.get(&(kind, external.to_owned())).copied()
    }

    /// The record of the same family with this name or number.
    pub(in crate::netsuite) fn with_label(&self, kind: Kind, label: &str) -> Option<u64> {
        self.labels.get(&(label_space(kind), label.to_lowercase())).copied()
    }

    /// An id written in a path: a number, or `eid:` and an external id.
    pub(in crate::netsuite) fn find(&self, kind: Kind, key: &str) -> Option<u64> {
        match key.strip_prefix("eid:") {
            Some(external) => self.with_external(kind, external),
            None => key.parse().ok().filter(|id| self.row(kind, *id).is_some()),
        }
    }

    pub(in crate::netsuite) fn next_id(&mut self, kind: Kind) -> u64 {
        let next = &mut self.next[kind.family()];
        *next += 1;
        *next
    }

    /// `INV1`, `SO2`, …: the next number of a transaction that is not in use.
    pub(in crate::netsuite) fn next_number(&mut self, kind: Kind) -> String {
        let prefix = kind.transaction().map_or("", |(_, prefix)| prefix);
        loop {
            let number = self.numbers.entry(kind).or_default();
            *number += 1;
            let text = format!("{prefix}{number}");
            if self.with_label(kind, &text).is_none() {
                return text;
            }
        }
    }

    /// Stores `body` as the new state.
    pub(in crate::netsuite) fn put(&mut self, kind: Kind, id: u64, mut body: Object) {
        let now_ms = self.clock.now_ms();
        body.insert("id".into(), json!(id.to_string()));
        let old = self.tables[kind.slot()].remove(&id);
        if let Some(old) = &old {
            self.unindex(kind, &old.body);
        }
        self.undo.push((kind, id, old.clone()));
        self.index(kind, id, &body);
        let keep = self.settings.keep_previous;
        let row = Row {
            body: Arc::new(body),
            created_ms: old.as_ref().map_or(seconds(now_ms), |old| old.created_ms),
            modified_ms: seconds(now_ms),
            changed_ms: now_ms,
            previous: old.filter(|_| keep).map(|old| old.body),
        };
        self.tables[kind.slot()].insert(id, row);
    }

    /// A background process touches a record: only its change time moves.
    pub(in crate::netsuite) fn touch(&mut self, kind: Kind, id: u64) {
        let now_ms = self.clock.now_ms();
        if let Some(row) = self.tables[kind.slot()].get_mut(&id) {
            row.modified_ms = seconds(now_ms);
        }
    }

    pub(in crate::netsuite) fn remove(&mut self, kind: Kind, id: u64) {
        let now_ms = self.clock.now_ms();
        if let Some(old) = self.tables[kind.slot()].remove(&id) {
            self.unindex(kind, &old.body);
            self.gone.push((kind, id, seconds(now_ms)));
            self.undo.push((kind, id, Some(old)));
        }
    }

    /// A point to return to.
    pub(in crate::netsuite) fn mark(&self) -> (usize, usize) {
        (self.undo.len(), self.gone.len())
    }

    /// Takes everything since `mark` back, apart from ids and numbers used up.
    pub(in crate::netsuite) fn roll_back(&mut self, mark: (usize, usize)) {
        while self.undo.len() > mark.0 {
            let Some((kind, id, old)) = self.undo.pop() else { break };
            if let Some(now) = self.tables[kind.slot()].remove(&id) {
                self.unindex(kind, &now.body);
            }
            if let Some(old) = old {
                self.index(kind, id, &old.body);
                self.tables[kind.slot()].insert(id, old);
            }
        }
        self.gone.truncate(mark.1);
    }

    /// What was done stays.
    pub(in crate::netsuite) fn settle(&mut self) {
        self.undo.clear();
    }

    fn index(&mut self, kind: Kind, id: u64, body: &Object) {
        let (external, label) = keys(kind, body);
        if let Some(external) = external {
            self.external.insert((kind, external), id);
        }
        if let Some(label) = label {
            self.labels.insert((label_space(kind), label), id);
        }
    }

    fn unindex(&mut self, kind: Kind, body: &Object) {
        let (external, label) = keys(kind, body);
        if let Some(external) = external {
            self.external.remove(&(kind, external));
        }
        if let Some(label) = label {
            self.labels.remove(&(label_space(kind), label));
        }
    }
}

fn keys(kind: Kind, body: &Object) -> (Option<String>, Option<String>) {
    let text = |name: &str| Some(text_of(body, name)).filter(|text| !text.is_empty());
    (text("externalId").map(str::to_owned), text(kind.label()).map(str::to_lowercase))
}

/// Names are unique within customers, within vendors, within items; numbers within a transaction type.
fn label_space(kind: Kind) -> usize {
    if kind.item().is_some() { Kind::InventoryItem.slot() } else { kind.slot() }
}

fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1000) * 1000
}

/// The id in a reference.
pub(in crate::netsuite) fn id_in(reference: Option<&Value>) -> &str {
    reference.and_then(|reference| reference["id"].as_str()).unwrap_or_default()
}
