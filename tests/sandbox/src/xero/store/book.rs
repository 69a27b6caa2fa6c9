//! The books: storing, finding, and taking a refused batch back.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;

use super::table::{Row, Table};
use crate::kit::decimals::{Object, text_of};
use crate::kit::replays::Replays;
use crate::kit::{Clock, Ids};
use crate::xero::config::{Organisation, XeroConfig};
use crate::xero::dates::{twin_utc, wire};
use crate::xero::kind::{KINDS, Kind};

/// A change to tell the world about.
#[derive(Clone, Debug)]
pub(in crate::xero) struct Change {
    pub(in crate::xero) tenant_id: String,
    pub(in crate::xero) kind: Kind,
    pub(in crate::xero) id: String,
    pub(in crate::xero) created: bool,
    pub(in crate::xero) at_ms: i64,
    /// Type and status, which credit note events carry.
    pub(in crate::xero) state: (String, String),
}

/// What a bookkeeper can set while connected.
#[derive(Clone, Debug, Default)]
pub(in crate::xero) struct Settings {
    /// Documents dated on or before it are refused.
    pub(in crate::xero) lock_date: Option<NaiveDate>,
    /// Places of unit amounts (2, or 4 with `unitdp=4`), for the call being served.
    pub(in crate::xero) unit_places: u32,
    /// Whether lists lag and need the state before a change.
    pub(in crate::xero) keep_previous: bool,
}

/// One organisation.
pub(in crate::xero) struct Book {
    pub(in crate::xero) organisation: Organisation,
    pub(in crate::xero) settings: Settings,
    pub(in crate::xero) clock: Clock,
    pub(in crate::xero) ids: Ids,
    pub(in crate::xero) changes: Vec<Change>,
    pub(in crate::xero) replays: Replays,
    /// Contacts that were sold to (`true`) or bought from (`false`).
    pub(in crate::xero) roles: HashSet<(String, bool)>,
    tables: Vec<Table>,
    undo: Vec<(Kind, String, Option<Row>)>,
    places: u64,
    numbers: [u64; 3],
}

/// A point in the history of the books.
#[derive(Clone, Copy, Debug)]
pub(in crate::xero) struct Mark(usize, usize);

impl Book {
    pub(in crate::xero) fn new(organisation: &Organisation, config: &XeroConfig, clock: Clock) -> Self {
        let seed = organisation
            .tenant_id
            .bytes()
            .fold(config.seed, |seed, byte| crate::faults::mix(seed ^ u64::from(byte)));
        let mut book = Self {
            organisation: organisation.clone(),
            settings: Settings { unit_places: 2, ..Settings::default() },
            clock,
            ids: Ids::new(seed),
            changes: Vec::new(),
            replays: Replays::new(crate::kit::clock::seconds_ms(config.idempotency_ttl_s)),
            roles: HashSet::new(),
            tables: KINDS.map(Table::new).into(),
            undo: Vec::new(),
            places: 0,
            numbers: [0; 3],
        };
        book.seed();
        book.changes.clear();
        book.undo.clear();
        book
    }

    fn table(&self, kind: Kind) -> &Table {
        &self.tables[kind.slot()]
    }

    pub(in crate::xero) fn row(&self, kind: Kind, id: &str) -> Option<&Row> {
        self.table(kind).get(id)
    }

    /// The state of an object.
    pub(in crate::xero) fn body(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.row(kind, id).map(|row| row.body.as_ref())
    }

    pub(in crate::xero) fn rows(&self, kind: Kind) -> impl Iterator<Item = (&str, &Row)> {
        self.table(kind).rows()
    }

    pub(in crate::xero) fn count(&self, kind: Kind) -> usize {
        self.table(kind).len()
    }

    /// Objects of which a natural key is `value`, letter case aside.
    pub(in crate::xero) fn with_key<'a>(
        &'a self,
        kind: Kind,
        field: &str,
        value: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Object)> {
        let found: Vec<_> = self.table(kind).with_key(field, value).collect();
        found.into_iter().map(|(id, row)| (id, row.body.as_ref()))
    }

    /// The object that counts (not archived, voided or deleted) with this natural key.
    pub(in crate::xero) fn live(&self, kind: Kind, field: &str, value: &str) -> Option<(&str, &Object)> {
        self.with_key(kind, field, value).find(|(_, body)| is_live(kind, body))
    }

    /// The object an id or, where the entity has one, a natural key names.
    pub(in crate::xero) fn find(&self, kind: Kind, key: &str) -> Option<String> {
        let id = uuid::Uuid::parse_str(key).map_or_else(|_| key.to_owned(), |id| id.to_string());
        if self.row(kind, &id).is_some() {
            return Some(id);
        }
        let field = match kind {
            Kind::Contact => "ContactNumber",
            Kind::Invoice | Kind::CreditNote | Kind::Item => kind.label(),
            _ => return None,
        };
        self.with_key(kind, field, key).map(|(id, _)| id.to_owned()).next()
    }

    /// The next `INV-0001`, `BILL…` or `CN-0001`, skipping numbers in use.
    pub(in crate::xero) fn next_number(&mut self, kind: Kind) -> String {
        let (slot, prefix) = match kind {
            Kind::Invoice => (0, "INV-"),
            Kind::CreditNote => (1, "CN-"),
            _ => (2, "TAX"),
        };
        loop {
            self.numbers[slot] += 1;
            let number = match kind {
                Kind::Invoice | Kind::CreditNote => format!("{prefix}{:04}", self.numbers[slot]),
                _ => format!("{prefix}{:03}", self.numbers[slot]),
            };
            if self.with_key(kind, kind.label(), &number).next().is_none()
                && self.row(kind, &number).is_none()
            {
                return number;
            }
        }
    }

    /// Stores `body` as the new state: sets id and times and notes the change.
    pub(in crate::xero) fn put(&mut self, kind: Kind, id: &str, mut body: Object) {
        let now_ms = self.clock.now_ms();
        let old = self.row(kind, id).cloned();
        body.insert(kind.id().into(), Value::from(id));
        if kind.is_dated() {
            let updated = wire(now_ms);
            if let Some(twin) = twin_utc(&updated).filter(|_| kind.has_twin()) {
                body.insert("UpdatedDateUTCString".into(), Value::from(twin));
            }
            body.insert("UpdatedDateUTC".into(), Value::from(updated));
        }
        let place = old.as_ref().map_or_else(|| self.places + 1, |row| row.place);
        self.places = self.places.max(place);
        let state = (text_of(&body, "Type").to_owned(), text_of(&body, "Status").to_owned());
        let keep = self.settings.keep_previous;
        let previous = old.as_ref().filter(|_| keep).map(|row| Arc::clone(&row.body));
        let row = Row { place, body: Arc::new(body), updated_ms: now_ms, previous };
        self.tables[kind.slot()].put(id, row);
        self.changes.push(Change {
            tenant_id: self.organisation.tenant_id.clone(),
            kind,
            id: id.to_owned(),
            created: old.is_none(),
            at_ms: now_ms,
            state,
        });
        self.undo.push((kind, id.to_owned(), old));
    }

    /// Removes an object for good: it vanishes from lists.
    pub(in crate::xero) fn remove(&mut self, kind: Kind, id: &str) {
        if let Some(row) = self.tables[kind.slot()].remove(id) {
            self.undo.push((kind, id.to_owned(), Some(row)));
        }
    }

    /// A point to return to.
    pub(in crate::xero) fn mark(&self) -> Mark {
        Mark(self.undo.len(), self.changes.len())
    }

    /// Takes everything since `mark` back, apart from numbers used up.
    pub(in crate::xero) fn roll_back(&mut self, mark: Mark) {
        while self.undo.len() > mark.0 {
            let Some((kind, id, old)) = self.undo.pop() else { break };
            match old {
                Some(row) => self.tables[kind.slot()].put(&id, row),
                None => drop(self.tables[kind.slot()].remove(&id)),
            }
        }
        self.changes.truncate(mark.1);
    }

    /// Ends a call: what was done stays.
    pub(in crate::xero) fn settle(&mut self) -> Vec<Change> {
        self.undo.clear();
        let mut changes = std::mem::take(&mut self.changes);
        changes.retain(|change| change.kind.category().is_some());
        changes
    }
}

/// Whether an object is not archived, voided or deleted.
pub(in crate::xero) fn is_live(kind: Kind, body: &Object) -> bool {
    let (field, dead) = kind.dead();
    !dead.contains(&text_of(body, field))
}
