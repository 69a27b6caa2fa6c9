//! The rows of a batch as arrays per column: one element a row.

use chrono::{DateTime, Utc};

/// Every row of a batch.
#[derive(Default)]
pub(super) struct Rows<'a> {
    pub(super) events: Events<'a>,
    /// Events that must be there already.
    pub(super) predecessors: Predecessors<'a>,
    /// Claims to take.
    pub(super) claims: Claims<'a>,
    /// Claims that change their tag.
    pub(super) retags: Claims<'a>,
    /// Claims to release.
    pub(super) releases: Vec<&'a [u8]>,
    pub(super) snapshots: Snapshots<'a>,
    pub(super) keys: Keys<'a>,
    pub(super) commands: Commands<'a>,
}

/// Columns of `events`.
#[derive(Default)]
pub(super) struct Events<'a> {
    pub(super) kinds: Vec<&'a str>,
    pub(super) ids: Vec<&'a str>,
    pub(super) sequences: Vec<i64>,
    pub(super) types: Vec<&'a str>,
    pub(super) versions: Vec<&'a str>,
    pub(super) payloads: Vec<&'a str>,
    pub(super) metadata: Vec<&'a str>,
    pub(super) organizations: Vec<&'a str>,
}

/// Keys of `events`.
#[derive(Default)]
pub(super) struct Predecessors<'a> {
    pub(super) kinds: Vec<&'a str>,
    pub(super) ids: Vec<&'a str>,
    pub(super) sequences: Vec<i64>,
}

/// Columns of `claims`.
#[derive(Default)]
pub(super) struct Claims<'a> {
    pub(super) keys: Vec<&'a [u8]>,
    pub(super) streams: Vec<String>,
    pub(super) tags: Vec<Option<&'a [u8]>>,
}

/// Columns of `snapshots`.
#[derive(Default)]
pub(super) struct Snapshots<'a> {
    pub(super) kinds: Vec<&'a str>,
    pub(super) ids: Vec<&'a str>,
    pub(super) sequences: Vec<i64>,
    pub(super) shapes: Vec<i64>,
    pub(super) payloads: Vec<&'a [u8]>,
}

/// Columns of `subject_keys`.
#[derive(Default)]
pub(super) struct Keys<'a> {
    pub(super) organizations: Vec<&'a str>,
    pub(super) subjects: Vec<String>,
    pub(super) wrapped: Vec<&'a [u8]>,
}

/// Columns of `commands`; first and last count events of this statement from 1.
#[derive(Default)]
pub(super) struct Commands<'a> {
    pub(super) organizations: Vec<&'a str>,
    pub(super) ids: Vec<String>,
    pub(super) hashes: Vec<&'a [u8]>,
    pub(super) first: Vec<i64>,
    pub(super) last: Vec<i64>,
    pub(super) expires: Vec<DateTime<Utc>>,
}
