//! Rows by object, with unique values, soft deletes and undo.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::ids::numbered;
use crate::kit::Clock;
use crate::kit::decimals::{Object, text_of};
use crate::salesforce::config::{DuplicateRule, SalesforceConfig, ValidationRule};
use crate::salesforce::kind::{KINDS, Kind};
use crate::salesforce::layout::{Field, fields};
use crate::salesforce::times::{seconds, stamp};

/// Days a deleted record stays in the recycle bin.
const BIN_MS: i64 = 15 * 24 * 3600 * 1000;

/// One state of a record. Times are whole seconds, as milliseconds since 1970.
#[derive(Clone, Debug)]
pub(in crate::salesforce) struct Version {
    pub(in crate::salesforce) body: Object,
    pub(in crate::salesforce) created_ms: i64,
    /// `LastModifiedDate`: edits by users and callers.
    pub(in crate::salesforce) modified_ms: i64,
    /// `SystemModstamp`: automated changes too.
    pub(in crate::salesforce) stamp_ms: i64,
    pub(in crate::salesforce) deleted: bool,
}

/// A record.
#[derive(Clone, Debug)]
pub(in crate::salesforce) struct Row {
    pub(in crate::salesforce) now: Arc<Version>,
    /// The exact time of the change, for queries that lag.
    changed_ms: i64,
    previous: Option<Arc<Version>>,
}

impl Row {
    /// The state queries see; `None` while a new record is not there yet.
    pub(in crate::salesforce) fn seen(&self, now_ms: i64, lag_ms: i64) -> Option<&Arc<Version>> {
        let settled = lag_ms == 0 || self.changed_ms + lag_ms <= now_ms;
        if settled { Some(&self.now) } else { self.previous.as_ref() }
    }
}

/// What an administrator can change while connected.
#[derive(Clone, Debug)]
pub(in crate::salesforce) struct Settings {
    pub(in crate::salesforce) duplicate_rule: DuplicateRule,
    pub(in crate::salesforce) validation_rules: Vec<ValidationRule>,
    /// Objects the user has no permission for.
    pub(in crate::salesforce) forbidden: BTreeSet<Kind>,
    /// How many of the next writes meet a locked row.
    pub(in crate::salesforce) locks: u32,
    pub(in crate::salesforce) keep_previous: bool,
    /// Since when the log of deletes is whole.
    pub(in crate::salesforce) log_since_ms: i64,
}

/// The whole org.
pub(in crate::salesforce) struct Org {
    pub(in crate::salesforce) settings: Settings,
    pub(in crate::salesforce) clock: Clock,
    pub(in crate::salesforce) user_id: String,
    fields: Vec<Vec<Field>>,
    hidden: HashSet<(Kind, String)>,
    tables: Vec<BTreeMap<String, Row>>,
    external: HashMap<(Kind, String, String), BTreeSet<String>>,
    made: Vec<u64>,
    undo: Vec<(Kind, String, Option<Row>)>,
}

impl Org {
    pub(in crate::salesforce) fn new(config: &SalesforceConfig, clock: Clock) -> Self {
        let settings = Settings {
            duplicate_rule: config.duplicate_rule,
            validation_rules: config.validation_rules.clone(),
            forbidden: BTreeSet::new(),
            locks: 0,
            keep_previous: false,
            log_since_ms: 0,
        };
        let mut org = Self {
            settings,
            clock,
            user_id: String::new(),
            fields: KINDS.into_iter().map(|kind| fields(config, kind)).collect(),
            hidden: HashSet::new(),
            tables: vec![BTreeMap::new(); KINDS.len()],
            external: HashMap::new(),
            made: vec![0; KINDS.len()],
            undo: Vec::new(),
        };
        org.seed(config);
        org.settle();
        org
    }

    /// The fields the user may see.
    pub(in crate::salesforce) fn fields(&self, kind: Kind) -> impl Iterator<Item = &Field> {
        self.fields[kind.slot()]
            .iter()
            .filter(move |field| !self.hidden.contains(&(kind, field.name.clone())))
    }

    /// A field by its name, whatever the case.
    pub(in crate::salesforce) fn field(&self, kind: Kind, name: &str) -> Option<&Field> {
        self.fields(kind).find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Field-level security: the user sees this field no more, or again.
    pub(in crate::salesforce) fn hide(&mut self, kind: Kind, name: &str, hidden: bool) {
        let key = (kind, name.to_owned());
        if hidden {
            self.hidden.insert(key);
        } else {
            self.hidden.remove(&key);
        }
    }

    /// A record, deleted or not.
    pub(in crate::salesforce) fn row(&self, kind: Kind, id: &str) -> Option<&Row> {
        self.tables[kind.slot()].get(id)
    }

    /// The state of a record that is not deleted.
    pub(in crate::salesforce) fn live(&self, kind: Kind, id: &str) -> Option<&Version> {
        self.row(kind, id).map(|row| row.now.as_ref()).filter(|version| !version.deleted)
    }

    /// Records that are not purged, deleted ones too.
    pub(in crate::salesforce) fn rows(&self, kind: Kind) -> impl Iterator<Item = (&String, &Row)> {
        let oldest_ms = self.clock.now_ms() - BIN_MS;
        let kept = move |version: &Version| !version.deleted || version.stamp_ms > oldest_ms;
        self.tables[kind.slot()].iter().filter(move |(_, row)| kept(&row.now))
    }

    pub(in crate::salesforce) fn count(&self, kind: Kind) -> usize {
        self.rows(kind).filter(|(_, row)| !row.now.deleted).count()
    }

    /// Records that are not deleted with this value in an external id or unique field.
    pub(in crate::salesforce) fn with(&self, kind: Kind, field: &str, value: &str) -> Vec<String> {
        let found = self.external.get(&(kind, field.to_owned(), value.to_lowercase()));
        found.into_iter().flatten().cloned().collect()
    }

    pub(in crate::salesforce) fn next_id(&mut self, kind: Kind) -> String {
        let made = &mut self.made[kind.slot()];
        *made += 1;
        numbered(kind.prefix(), *made + 36)
    }

    /// How many records of an object were made: for numbers.
    pub(in crate::salesforce) fn made(&self, kind: Kind) -> u64 {
        self.made[kind.slot()]
    }

    /// Stores `body` as the new state of a record that is not deleted.
    pub(in crate::salesforce) fn put(&mut self, kind: Kind, id: String, body: Object) {
        let at_ms = seconds(self.clock.now_ms());
        let created_ms = self.row(kind, &id).map_or(at_ms, |row| row.now.created_ms);
        let version = Version { body, created_ms, modified_ms: at_ms, stamp_ms: at_ms, deleted: false };
        self.replace(kind, id, version);
    }

    /// A background process touches a record: `LastModifiedDate` stays.
    pub(in crate::salesforce) fn touch(&mut self, kind: Kind, id: &str) {
        self.moved(kind, id, |version| version);
    }

    /// Puts a record into the recycle bin.
    pub(in crate::salesforce) fn remove(&mut self, kind: Kind, id: &str) {
        self.moved(kind, id, |version| Version { deleted: true, modified_ms: version.stamp_ms, ..version });
    }

    fn moved(&mut self, kind: Kind, id: &str, change: impl FnOnce(Version) -> Version) {
        let stamp_ms = seconds(self.clock.now_ms());
        if let Some(version) = self.live(kind, id).cloned() {
            self.replace(kind, id.to_owned(), change(Version { stamp_ms, ..version }));
        }
    }

    fn replace(&mut self, kind: Kind, id: String, version: Version) {
        let old = self.tables[kind.slot()].remove(&id);
        if let Some(old) = &old {
            self.index(kind, &id, &old.now.clone(), false);
        }
        self.undo.push((kind, id.clone(), old.clone()));
        self.index(kind, &id, &version, true);
        let keep = self.settings.keep_previous;
        let row = Row {
            now: Arc::new(version),
            changed_ms: self.clock.now_ms(),
            previous: old.filter(|_| keep).map(|old| old.now),
        };
        self.tables[kind.slot()].insert(id, row);
    }

    /// A point to return to.
    pub(in crate::salesforce) fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Takes everything since `mark` back, apart from ids used up.
    pub(in crate::salesforce) fn roll_back(&mut self, mark: usize) {
        while self.undo.len() > mark {
            let Some((kind, id, old)) = self.undo.pop() else { break };
            if let Some(now) = self.tables[kind.slot()].remove(&id) {
                self.index(kind, &id, &now.now, false);
            }
            if let Some(old) = old {
                self.index(kind, &id, &old.now, true);
                self.tables[kind.slot()].insert(id, old);
            }
        }
    }

    /// What was done stays.
    pub(in crate::salesforce) fn settle(&mut self) {
        self.undo.clear();
    }

    fn index(&mut self, kind: Kind, id: &str, version: &Version, add: bool) {
        if version.deleted {
            return;
        }
        for field in self.fields[kind.slot()].iter().filter(|field| field.unique || field.external_id) {
            let value = text_of(&version.body, &field.name).to_lowercase();
            if value.is_empty() {
                continue;
            }
            let ids = self.external.entry((kind, field.name.clone(), value)).or_default();
            if add {
                ids.insert(id.to_owned());
            } else {
                ids.remove(id);
            }
        }
    }
}

impl Version {
    /// The value of a field as answers show it; null when empty.
    pub(in crate::salesforce) fn value(&self, id: &str, name: &str, user_id: &str) -> Value {
        match name {
            "Id" => json!(id),
            "IsDeleted" => json!(self.deleted),
            "CreatedDate" => json!(stamp(self.created_ms)),
            "LastModifiedDate" => json!(stamp(self.modified_ms)),
            "SystemModstamp" => json!(stamp(self.stamp_ms)),
            "CreatedById" | "LastModifiedById" => json!(user_id),
            _ => self.body.get(name).cloned().unwrap_or(Value::Null),
        }
    }
}
