//! The company's records, and how what a client sends becomes part of one.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use serde_json::{Value, json};

use super::config::SapB1Config;
use super::kinds::Kind;
use super::property::{Holds, Lines, Property};
use super::{refusal, stamps};
use crate::kit::Answer;
use crate::kit::decimals::{Object, items_of};

/// Characters in a user-defined field.
const USER_FIELD: Property = super::property::open("U_", Holds::Text(254));

/// The key of an entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    /// As the property holds it.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
        }
    }

    /// As it stands between the brackets of a path.
    pub(super) fn quoted(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
        }
    }
}

/// An entity as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) fields: Object,
    version: u64,
}

impl Row {
    /// `W/"…"`, another one after every change.
    pub(super) fn etag(&self) -> String {
        let of = format!("{:?} {}", self.key, self.version);
        let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, of.as_bytes());
        format!("W/\"{}\"", hex::encode_upper(digest))
    }

    /// The entity with its annotation.
    pub(super) fn shown(&self) -> Object {
        let mut shown = Object::new();
        shown.insert("@odata.etag".into(), json!(self.etag()));
        shown.extend(self.fields.clone());
        shown
    }
}

/// Everything the company has.
pub(super) struct Book {
    sets: BTreeMap<&'static str, BTreeMap<Key, Row>>,
    numbers: BTreeMap<&'static str, i64>,
    pub(super) config: SapB1Config,
}

impl Book {
    pub(super) fn new(config: SapB1Config) -> Self {
        Self { sets: BTreeMap::new(), numbers: BTreeMap::new(), config }
    }

    pub(super) fn get(&self, kind: &Kind, key: &Key) -> Option<&Row> {
        self.sets.get(kind.set)?.get(key)
    }

    /// All entities of a set, by key.
    pub(super) fn rows(&self, kind: &Kind) -> impl Iterator<Item = &Row> {
        self.sets.get(kind.set).into_iter().flat_map(BTreeMap::values)
    }

    /// The next running number of a name: of a set's entries, of contacts.
    pub(super) fn next(&mut self, name: &'static str) -> i64 {
        let number = self.numbers.entry(name).or_default();
        *number += 1;
        *number
    }

    /// Keeps an entity under a new stamp and version.
    pub(super) fn keep(&mut self, kind: &'static Kind, key: &Key, mut fields: Object, now_ms: i64) -> Row {
        let (date, time) = stamps::local(now_ms, self.config.utc_offset_hours);
        let set = self.sets.entry(kind.set).or_default();
        let before = set.get(key);
        if before.is_none() {
            let (day, hour) =
                if kind.numbered { ("CreationDate", "DocTime") } else { ("CreateDate", "CreateTime") };
            fields.insert(day.into(), date.clone());
            fields.insert(hour.into(), time.clone());
        }
        if before.is_some() || !kind.numbered || self.config.stamped_on_create {
            fields.insert("UpdateDate".into(), date);
            fields.insert("UpdateTime".into(), time);
        }
        let version = before.map_or(1, |row| row.version + 1);
        let row = Row { key: key.clone(), fields, version };
        set.insert(key.clone(), row.clone());
        row
    }

    pub(super) fn remove(&mut self, kind: &Kind, key: &Key) {
        if let Some(set) = self.sets.get_mut(kind.set) {
            set.remove(key);
        }
    }

    /// An entity with nothing in it.
    pub(super) fn blank(&self, kind: &Kind) -> Object {
        let empty = |property: &Property| match property.holds {
            Holds::Lines(_) => json!([]),
            _ => Value::Null,
        };
        let mut blank: Object =
            kind.properties.iter().map(|property| (property.name.to_owned(), empty(property))).collect();
        blank.extend(self.config.user_fields.iter().map(|name| (name.clone(), Value::Null)));
        blank
    }

    /// What a client sends, as it is kept. What is the server's own is left out without a word; lines are checked and
    /// not yet merged. Errors: a property that there is not, a value that is none of its property's.
    pub(super) fn taken(&self, kind: &Kind, given: &Object) -> Result<Object, Answer> {
        self.taken_of(kind.properties, kind.of, given)
    }

    fn taken_of(&self, properties: &[Property], of: &str, given: &Object) -> Result<Object, Answer> {
        let mut taken = Object::new();
        for (name, value) in given.iter().filter(|(name, _)| !name.starts_with("@odata.")) {
            let property = properties.iter().find(|property| property.name == name);
            let value = match property {
                Some(property) if property.read_only => continue,
                Some(Property { holds: Holds::Lines(lines), .. }) => self.lines(lines, name, value)?,
                Some(property) => property.taken(value, of)?,
                None if self.config.user_fields.contains(name) => USER_FIELD.taken(value, of)?,
                None => return Err(refusal::no_property(name, of)),
            };
            taken.insert(name.clone(), value);
        }
        Ok(taken)
    }

    fn lines(&self, lines: &Lines, name: &str, given: &Value) -> Result<Value, Answer> {
        let wrong = || refusal::bad_request(&format!("Property '{name}' is a collection of '{}'", lines.of));
        let taken = given.as_array().ok_or_else(wrong)?.iter().map(|line| {
            let line = line.as_object().ok_or_else(wrong)?;
            self.taken_of(lines.properties, lines.of, line).map(Value::Object)
        });
        taken.collect::<Result<Vec<Value>, Answer>>().map(Value::Array)
    }
}

/// What a client sent laid over what is kept. Lines are known again by their key; the others stay, unless `replace`.
pub(super) fn merge(kind: &Kind, kept: &mut Object, sent: Object, replace: bool) {
    for (name, value) in sent {
        let value = match kind.property(&name).map(|property| property.holds) {
            Some(Holds::Lines(lines)) => {
                let new = value.as_array().cloned().unwrap_or_default();
                Value::Array(merged(lines, items_of(kept, &name), new, replace))
            }
            _ => value,
        };
        kept.insert(name, value);
    }
}

fn merged(lines: &Lines, kept: &[Value], sent: Vec<Value>, replace: bool) -> Vec<Value> {
    let mut all: Vec<Value> = kept.to_vec();
    let mut named = Vec::new();
    for line in sent {
        let is_it =
            |one: &Value| lines.key.iter().all(|key| !line[*key].is_null() && one[*key] == line[*key]);
        let place = all.iter().position(is_it).unwrap_or_else(|| {
            all.push(json!({}));
            all.len() - 1
        });
        named.push(place);
        if let (Some(into), Value::Object(from)) = (all[place].as_object_mut(), line) {
            into.extend(from);
        }
    }
    let mut place = 0..;
    all.retain(|_| !replace || place.next().is_some_and(|place| named.contains(&place)));
    all
}
