//! What may be asked of a local record.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::events::Source;
use crate::fields::Fields;

/// A command to a local record.
#[derive(Clone, Debug, PartialEq)]
pub enum LocalRecordCommand {
    /// Creates, changes or replaces the record.
    Put(PutRecord),
    /// Deletes the record; its history stays.
    Delete(DeleteRecord),
    /// Erases the record's contents for good.
    Erase(EraseRecord),
}

/// Array field → the member that tells its items apart (`lines` → `line_id`); from the entity schema.
pub type ItemKeys = BTreeMap<String, String>;

/// Creates, changes or replaces a record.
#[derive(Clone, Debug, PartialEq)]
pub struct PutRecord {
    /// The given fields. An absent one keeps its value, null clears it; so in objects within.
    pub fields: Fields,
    /// Whether the given fields are the whole record: absent ones are cleared.
    pub replace: bool,
    /// The version the sender saw, where it insists on it.
    pub if_match: Option<u64>,
    /// Arrays that are merged by item. The list given says which items there are and in which order; an item
    /// found by its key keeps the members that are not given. Other arrays are replaced whole.
    pub item_keys: ItemKeys,
    /// Where it comes from.
    pub source: Source,
    /// When the record changed in the sender's own books.
    pub updated_at: Option<DateTime<Utc>>,
}

impl PutRecord {
    /// A plain put: absent fields keep their values, arrays are replaced, no version insisted on.
    pub fn new(fields: Fields, source: Source) -> Self {
        let item_keys = ItemKeys::new();
        Self { fields, replace: false, if_match: None, item_keys, source, updated_at: None }
    }
}

/// Deletes a record.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteRecord {
    /// The version the sender saw, where it insists on it.
    pub if_match: Option<u64>,
    /// Where it comes from.
    pub source: Source,
}

/// Erases a record's contents.
#[derive(Clone, Debug, PartialEq)]
pub struct EraseRecord {
    /// The erasure request, by opaque id.
    pub request: Option<String>,
}
