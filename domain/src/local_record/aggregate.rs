//! The local record: what a put, a delete and an erasure do to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commands::{DeleteRecord, EraseRecord, LocalRecordCommand, PutRecord};
use super::error::LocalRecordError;
use super::events::{Deleted, Erased, LocalRecordEvent, Put};
use super::put::{Difference, merged};
use crate::aggregate::Aggregate;
use crate::fields::Fields;
use crate::stream::Kind;

/// Our side's copy of one business record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LocalRecord {
    /// Its fields; those it had last when it is deleted.
    pub fields: Fields,
    /// Its sequence in the stream; 0 before the first put.
    pub version: u64,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Whether its contents were erased for good.
    pub erased: bool,
    /// When it last changed in the sender's own books, if the sender said so with that put.
    pub updated_at: Option<DateTime<Utc>>,
}

type Decision = Result<Vec<LocalRecordEvent>, LocalRecordError>;

impl Aggregate for LocalRecord {
    const KIND: Kind = Kind::LocalRecord;
    type Command = LocalRecordCommand;
    type Event = LocalRecordEvent;
    type Error = LocalRecordError;

    fn decide(&self, command: LocalRecordCommand) -> Decision {
        match command {
            LocalRecordCommand::Put(put) => self.put(put),
            LocalRecordCommand::Delete(delete) => self.delete(&delete),
            LocalRecordCommand::Erase(erase) => self.erase(erase),
        }
    }

    fn apply(&mut self, event: &LocalRecordEvent) {
        self.version += 1;
        match event {
            LocalRecordEvent::Put(put) => self.apply_put(put),
            LocalRecordEvent::Deleted(_) => self.deleted = true,
            LocalRecordEvent::Erased(_) => {
                *self = Self { version: self.version, deleted: true, erased: true, ..Self::default() };
            }
        }
    }
}

impl LocalRecord {
    /// Whether there is a record to read and to send.
    pub const fn exists(&self) -> bool {
        self.version > 0 && !self.deleted
    }

    fn put(&self, put: PutRecord) -> Decision {
        if self.erased {
            return Err(LocalRecordError::Erased);
        }
        self.check_version(put.if_match)?;
        let created = !self.exists();
        let nothing = Fields::new();
        // What a deleted record held is not brought back by a put that does not name it.
        let kept = if created || put.replace { &nothing } else { &self.fields };
        let after = merged(kept, put.fields, &put.item_keys);
        let make = if created { Difference::of_new } else { Difference::between };
        let difference = make(&self.fields, after);
        if !created && difference.is_empty() {
            return Ok(Vec::new());
        }
        let Difference { fields, cleared } = difference;
        Ok(vec![Put { created, fields, cleared, source: put.source, updated_at: put.updated_at }.into()])
    }

    fn delete(&self, delete: &DeleteRecord) -> Decision {
        if self.version == 0 {
            return Err(LocalRecordError::NotFound);
        }
        if self.deleted {
            return Ok(Vec::new());
        }
        self.check_version(delete.if_match)?;
        Ok(vec![Deleted { source: delete.source }.into()])
    }

    fn erase(&self, erase: EraseRecord) -> Decision {
        match (self.version, self.erased) {
            (0, _) => Err(LocalRecordError::NotFound),
            (_, true) => Ok(Vec::new()),
            (_, false) => Ok(vec![Erased { request: erase.request }.into()]),
        }
    }

    fn check_version(&self, if_match: Option<u64>) -> Result<(), LocalRecordError> {
        match if_match {
            Some(expected) if expected != self.version => {
                Err(LocalRecordError::VersionMismatch { expected, actual: self.version })
            }
            _ => Ok(()),
        }
    }

    fn apply_put(&mut self, put: &Put) {
        self.deleted = false;
        self.updated_at = put.updated_at;
        for name in &put.cleared {
            self.fields.remove(name);
        }
        for (name, value) in &put.fields {
            self.fields.insert(name.clone(), value.clone());
        }
    }
}
