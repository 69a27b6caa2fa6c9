//! Everything in one account.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::events::Event;
use super::problem::Problem;
use super::properties::{KINDS, Kind, Property};
use crate::kit::clock::rfc3339_millis;
use crate::kit::{Clock, Tally};

/// Values by property name.
pub(crate) type Values = BTreeMap<String, String>;

/// An object with the state searches may still show.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) values: Values,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    pub(crate) archived_ms: Option<i64>,
    /// The state before the latest change, with its time; `None` for a new object.
    pub(crate) previous: Option<(Values, i64)>,
}

/// A link between two objects: from kind and id, to kind and id.
pub(crate) type Link = (&'static str, u64, &'static str, u64);

/// One account.
#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) marker: Option<String>,
    pub(crate) keep_previous: bool,
    /// Events not handed to the webhook sender yet.
    pub(crate) events: Vec<Event>,
    /// Type ids of each link, with their category.
    pub(crate) links: BTreeMap<Link, BTreeSet<(String, u64)>>,
    /// Objects that were merged into another.
    pub(crate) merged: HashMap<(&'static str, u64), u64>,
    tables: HashMap<&'static str, BTreeMap<u64, Row>>,
    properties: HashMap<&'static str, BTreeMap<String, Property>>,
    unique: HashMap<(&'static str, String, String), u64>,
    last: u64,
}

impl Portal {
    pub(crate) fn new(clock: Clock, tally: Tally, marker: Option<String>) -> Self {
        Self {
            clock,
            tally,
            marker,
            keep_previous: false,
            events: Vec::new(),
            links: BTreeMap::new(),
            merged: HashMap::new(),
            tables: KINDS.iter().map(|kind| (kind.name, BTreeMap::new())).collect(),
            properties: KINDS.iter().map(|kind| (kind.name, kind.own_properties())).collect(),
            unique: HashMap::new(),
            last: 30_000_000_000,
        }
    }

    /// Rows of a kind by id, archived ones included.
    pub(crate) fn rows(&self, kind: &Kind) -> impl Iterator<Item = (u64, &Row)> {
        self.tables.get(kind.name).into_iter().flatten().map(|(id, row)| (*id, row))
    }

    /// Rows of a kind from an id on.
    pub(crate) fn rows_from(&self, kind: &Kind, from: u64) -> impl Iterator<Item = (u64, &Row)> {
        let table = self.tables.get(kind.name);
        table.into_iter().flat_map(move |table| table.range(from..)).map(|(id, row)| (*id, row))
    }

    /// The winner of a merge for a losing id; the id itself otherwise.
    pub(crate) fn resolved(&self, kind: &Kind, id: u64) -> u64 {
        let mut id = id;
        while let Some(winner) = self.merged.get(&(kind.name, id)) {
            id = *winner;
        }
        id
    }

    pub(crate) fn row(&self, kind: &Kind, id: u64) -> Option<&Row> {
        self.tables.get(kind.name)?.get(&self.resolved(kind, id))
    }

    /// A row that is not archived.
    pub(crate) fn live(&self, kind: &Kind, id: u64) -> Option<&Row> {
        self.row(kind, id).filter(|row| row.archived_ms.is_none())
    }

    pub(crate) fn properties(&self, kind: &Kind) -> &BTreeMap<String, Property> {
        self.properties.get(kind.name).expect("every kind has properties from the start")
    }

    pub(crate) fn properties_mut(&mut self, kind: &Kind) -> &mut BTreeMap<String, Property> {
        self.properties.get_mut(kind.name).expect("every kind has properties from the start")
    }

    /// The live object with a value of a unique property, letter case aside.
    pub(crate) fn with(&self, kind: &Kind, property: &str, value: &str) -> Option<u64> {
        self.unique.get(&(kind.name, property.to_owned(), value.to_lowercase())).copied()
    }

    /// Values against their definitions.
    pub(crate) fn checked(&self, kind: &Kind, given: &Map<String, Value>) -> Result<Values, Problem> {
        let own = self.properties(kind);
        let mut values = Values::new();
        for (name, value) in given {
            let Some(property) = own.get(name).filter(|property| !property.archived) else {
                let message = format!("Property \"{name}\" does not exist");
                return Err(Problem::property(name, "PROPERTY_DOESNT_EXIST", &message));
            };
            values.insert(name.clone(), property.stored(value)?);
        }
        Ok(values)
    }

    /// Whether another object holds one of the unique values.
    pub(crate) fn free(&self, kind: &Kind, own: Option<u64>, values: &Values) -> Result<(), Problem> {
        for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
            let is_unique = self.properties(kind).get(name).is_some_and(|property| property.has_unique_value);
            let holder = is_unique.then(|| self.with(kind, name, value)).flatten();
            if let Some(holder) = holder.filter(|holder| Some(*holder) != own) {
                let message = if name == "email" {
                    format!("Contact already exists. Existing ID: {holder}")
                } else {
                    format!("A {} with {name} '{value}' already exists. Existing ID: {holder}", kind.singular)
                };
                return Err(Problem::conflict(message));
            }
        }
        Ok(())
    }

    /// Stores a new object.
    pub(crate) fn insert(&mut self, kind: &'static Kind, values: Values) -> u64 {
        self.last += 1;
        let (id, now_ms) = (self.last, self.clock.now_ms());
        let mut values: Values = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        values.insert("createdate".into(), rfc3339_millis(now_ms));
        values.insert("hs_object_id".into(), id.to_string());
        values.insert(kind.modified.into(), rfc3339_millis(now_ms));
        let row = Row { values, created_ms: now_ms, updated_ms: now_ms, archived_ms: None, previous: None };
        self.put(kind, id, row);
        id
    }

    /// Changes values; answers the names of those that differ from before.
    pub(crate) fn change(&mut self, kind: &'static Kind, id: u64, values: Values) -> Vec<String> {
        let now_ms = self.clock.now_ms();
        let Some(row) = self.row(kind, id).cloned() else { return Vec::new() };
        let differs = |(name, value): (&String, &String)| {
            (row.values.get(name).map_or("", String::as_str) != value).then(|| name.clone())
        };
        let changed: Vec<String> = values.iter().filter_map(differs).collect();
        if changed.is_empty() {
            return changed;
        }
        let previous = self.keep_previous.then(|| (row.values.clone(), row.updated_ms));
        let mut new = Row { previous, updated_ms: now_ms, ..row };
        new.values.extend(values);
        new.values.retain(|_, value| !value.is_empty());
        new.values.insert(kind.modified.into(), rfc3339_millis(now_ms));
        self.put(kind, self.resolved(kind, id), new);
        changed
    }

    /// Stores a row and its unique values.
    pub(crate) fn put(&mut self, kind: &'static Kind, id: u64, row: Row) {
        self.forget(kind, id);
        if row.archived_ms.is_none() {
            for (name, property) in self.properties.get(kind.name).into_iter().flatten() {
                if let Some(value) = row.values.get(name).filter(|_| property.has_unique_value) {
                    self.unique.insert((kind.name, name.clone(), value.to_lowercase()), id);
                }
            }
        }
        self.tables.entry(kind.name).or_default().insert(id, row);
    }

    fn forget(&mut self, kind: &'static Kind, id: u64) {
        let Some(row) = self.tables.get(kind.name).and_then(|table| table.get(&id)) else { return };
        for (name, property) in self.properties.get(kind.name).into_iter().flatten() {
            if let Some(value) = row.values.get(name).filter(|_| property.has_unique_value) {
                self.unique.remove(&(kind.name, name.clone(), value.to_lowercase()));
            }
        }
    }

    /// Takes an object out for good, with its links.
    pub(crate) fn erase(&mut self, kind: &'static Kind, id: u64) {
        self.forget(kind, id);
        if let Some(table) = self.tables.get_mut(kind.name) {
            table.remove(&id);
        }
        self.links
            .retain(|link, _| (link.0, link.1) != (kind.name, id) && (link.2, link.3) != (kind.name, id));
    }

    /// The object as answered, with these properties or the few that come unasked.
    pub(crate) fn shown(&self, kind: &Kind, id: u64, wanted: &[String]) -> Option<Value> {
        let row = self.row(kind, id)?;
        Some(shown(kind, self.resolved(kind, id), (row, &row.values, row.updated_ms), wanted))
    }
}

/// A state of an object as answered. Properties asked for are there even when they are empty.
pub(crate) fn shown(
    kind: &Kind,
    id: u64,
    (row, values, updated_ms): (&Row, &Values, i64),
    wanted: &[String],
) -> Value {
    let always = ["createdate", "hs_object_id", kind.modified];
    let mut names: BTreeSet<&str> = always.into();
    if wanted.is_empty() {
        names.extend(kind.shown);
    } else {
        names.extend(wanted.iter().map(String::as_str));
    }
    let properties: Map<String, Value> =
        names.into_iter().map(|name| (name.to_owned(), json!(values.get(name)))).collect();
    let mut shown = json!({
        "id": id.to_string(),
        "properties": properties,
        "createdAt": rfc3339_millis(row.created_ms),
        "updatedAt": rfc3339_millis(updated_ms),
        "archived": row.archived_ms.is_some(),
    });
    if let Some(at) = row.archived_ms {
        shown["archivedAt"] = json!(rfc3339_millis(at));
    }
    shown
}
