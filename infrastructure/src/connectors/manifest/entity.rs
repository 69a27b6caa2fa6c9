//! One entity of a provider.

use domain::value::{Operation, WriteClass};
use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{ArrayOf, Field, FieldIs, Mapped, Members, Place};
use super::provider::Discover;
use super::reading::{Bulk, Carried, Changes, Deletions, Delta, Finds, List, ReadOne};
use super::writing::Write;

/// An entity. What it may have and most have not is kept apart, so that what is not said takes no room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// Another entity of this manifest whose description holds where this one says nothing: tables are merged, all else
    /// is replaced.
    pub like: Option<String>,
    /// Our entity that its default mapping is for.
    pub local_entity: String,
    /// Where a record has its id.
    pub id: Place,
    /// Where it has its token for optimistic locking.
    pub version_token: Option<Place>,
    /// For providers without such a token: a digest of the described fields that are not volatile stands for it, so that
    /// `guard` sees a change that was made meanwhile. Every answer must then show the same fields of a record.
    #[serde(default)]
    pub version_digest: bool,
    /// Where it has the time of its last change.
    pub updated_at: Option<Place>,
    /// Where it has the time of its creation.
    pub created_at: Option<Place>,
    /// Fields that change without meaning; they never make a record look changed.
    #[serde(default)]
    pub volatile: Vec<Place>,
    /// How a deleted record is told from others.
    pub deleted: Option<Box<FieldIs>>,
    /// How an inactive record is told from others, by `equals`; inactive counts as deleted.
    pub inactive: Option<Box<FieldIs>>,
    /// Which of the provider's records are meant: two entities of ours may come from one of theirs
    /// (`{ field = "Type", equals = "ACCREC" }`). Others are none of this entity.
    pub only: Option<Box<FieldIs>>,
    /// How safely a create can be tried again: `a` the provider deduplicates by key, `b` it enforces uniqueness of our
    /// reference or the natural key, `c` one of them can be searched, `d` none. Say why in a comment.
    #[schemars(with = "String")]
    pub write_class: WriteClass,
    /// How long the provider surely remembers an idempotency key, in seconds; 0 when that is not proven.
    #[serde(default)]
    pub key_lifetime_s: u64,
    /// The field that carries our reference, which is our id of the record, if it can be searched; the mapping may fill
    /// it otherwise. Where a client chooses ids it may be the id.
    pub reference: Option<Carried>,
    /// The field that is unique by nature, if it can be searched.
    pub natural_key: Option<Place>,
    /// Fields and their types (`text`, `integer`, `decimal`, `money`, `boolean`, `date`, `date_time`, `array`, `object`,
    /// `any`, `reference:<entity>`), with the provider's spelling where it is not the plain one; inside an array as
    /// `Line[*].Amount`.
    #[serde(default)]
    pub fields: Members<Field>,
    /// What stands before the names of fields that `{fields}` lists (`properties.`), and is left out there.
    #[serde(default)]
    pub fields_prefix: String,
    /// How a field that loses its value is sent.
    #[serde(default)]
    pub cleared: Cleared,
    /// Fields of `fields` without which the provider refuses a record.
    #[serde(default)]
    pub required: Vec<Place>,
    /// Whether the provider has fields beyond `fields`, such as custom ones.
    #[serde(default)]
    pub open: bool,
    /// Arrays whose elements have names.
    #[serde(default)]
    pub arrays: Vec<ArrayOf>,
    /// Reads one.
    pub read: Option<Box<ReadOne>>,
    /// Reads all.
    pub list: Option<Box<List>>,
    /// Reads what changed.
    pub changes: Option<Box<Changes>>,
    /// Reads what was deleted, where that stands apart.
    pub deletions: Option<Box<Deletions>>,
    /// Reads what changed by a token of its own, in place of `changes`.
    pub delta: Option<Box<Delta>>,
    /// Reads all by a job of the provider.
    pub bulk: Option<Box<Bulk>>,
    /// Finds out the fields of a connection.
    pub discover: Option<Box<Discover>>,
    /// Looks up.
    #[serde(default)]
    pub find: Finds,
    /// Creates.
    pub create: Option<Box<Write>>,
    /// Updates.
    pub update: Option<Box<Write>>,
    /// Makes inactive.
    pub deactivate: Option<Box<Write>>,
    /// Voids.
    pub void: Option<Box<Write>>,
    /// Deletes.
    pub delete: Option<Box<Write>>,
    /// The mapping used when a sync config gives none.
    #[serde(default)]
    pub mapping: Vec<Mapped>,
    /// Rules a record must obey before it is sent.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// How a field that loses its value is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cleared {
    /// As null.
    #[default]
    Null,
    /// As an empty text.
    Empty,
    /// Not at all: the provider cannot clear it.
    Omit,
}

/// A rule over the local record.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A CEL expression over the local record (`record.name != ""`) that must be true.
    pub check: String,
    /// The local field it is about.
    pub field: String,
    /// What a person should do when it is false.
    pub message: String,
}

impl Entity {
    /// The write of an operation.
    pub fn write(&self, operation: Operation) -> Option<&Write> {
        match operation {
            Operation::Create => self.create.as_deref(),
            Operation::Update => self.update.as_deref(),
            Operation::Deactivate => self.deactivate.as_deref(),
            Operation::Void => self.void.as_deref(),
            Operation::Delete => self.delete.as_deref(),
        }
    }

    /// Whether its records can be read.
    pub fn can_be_read(&self) -> bool {
        self.list.is_some() || self.changes.is_some() || self.delta.is_some() || self.bulk.is_some()
    }

    /// The operations it has.
    pub fn operations(&self) -> Vec<Operation> {
        Operation::ALL.iter().copied().filter(|operation| self.write(*operation).is_some()).collect()
    }
}
