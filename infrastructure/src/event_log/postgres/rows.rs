//! The rows of a batch as arrays per column: one element a row.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::io::Write as _;

use chrono::{DateTime, Utc};
use domain::ids::{CommandId, OrganizationId};
use domain::stream::{Kind, StreamId};
use sqlx::encode::IsNull;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// JSON text as it is, sent as `json`: as `text` the server would have to print it before it could parse it.
pub(super) struct JsonText<'a>(pub(super) &'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        // `json` in the catalogue `pg_type`.
        PgTypeInfo::with_oid(Oid(114))
    }
}

impl PgHasArrayType for JsonText<'_> {
    fn array_type_info() -> PgTypeInfo {
        // `json[]`.
        PgTypeInfo::with_oid(Oid(199))
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, Box<dyn Error + Send + Sync>> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

/// What is displayed, as `text`, without a string of its own.
pub(super) struct Shown<T>(pub(super) T);

impl<T> Type<Postgres> for Shown<T> {
    fn type_info() -> PgTypeInfo {
        // `text` in the catalogue `pg_type`.
        PgTypeInfo::with_oid(Oid(25))
    }
}

impl<T> PgHasArrayType for Shown<T> {
    fn array_type_info() -> PgTypeInfo {
        // `text[]`.
        PgTypeInfo::with_oid(Oid(1009))
    }
}

impl<T: Display> Encode<'_, Postgres> for Shown<T> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, Box<dyn Error + Send + Sync>> {
        write!(&mut **buffer, "{}", self.0)?;
        Ok(IsNull::No)
    }
}

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
    /// Snapshots of streams that begin with this batch: there can be none yet.
    pub(super) first_snapshots: Snapshots<'a>,
    /// Snapshots in place of older ones.
    pub(super) snapshots: Snapshots<'a>,
    pub(super) keys: Keys<'a>,
    pub(super) commands: Commands<'a>,
}

/// Columns of `events`.
#[derive(Default)]
pub(super) struct Events<'a> {
    pub(super) ids: Vec<&'a str>,
    pub(super) sequences: Vec<i64>,
    pub(super) payloads: Vec<JsonText<'a>>,
    /// Place of the rest, counted from 1.
    pub(super) shared: Vec<i32>,
    pub(super) distinct: Distinct<'a>,
}

/// Columns that events of one batch mostly have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shared<'a> {
    pub(super) kind: Kind,
    pub(super) event_type: &'a str,
    pub(super) event_version: &'a str,
    pub(super) metadata: &'a str,
    pub(super) organization: OrganizationId,
}

/// Each combination once.
#[derive(Default)]
pub(super) struct Distinct<'a> {
    pub(super) all: Vec<Shared<'a>>,
    places: HashMap<Shared<'a>, i32>,
    last: i32,
}

impl<'a> Distinct<'a> {
    /// The combination's place, counted from 1.
    pub(super) fn place(&mut self, shared: Shared<'a>) -> i32 {
        let last = usize::try_from(self.last - 1).ok().and_then(|last| self.all.get(last));
        if last != Some(&shared) {
            self.last = *self.places.entry(shared).or_insert_with(|| {
                self.all.push(shared);
                i32::try_from(self.all.len()).unwrap_or(i32::MAX)
            });
        }
        self.last
    }
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
    pub(super) streams: Vec<Shown<&'a StreamId>>,
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
    pub(super) organizations: Vec<Shown<OrganizationId>>,
    pub(super) subjects: Vec<Shown<&'a StreamId>>,
    pub(super) wrapped: Vec<&'a [u8]>,
}

/// Columns of `commands`; first and last count events of this statement from 1.
#[derive(Default)]
pub(super) struct Commands<'a> {
    pub(super) organizations: Vec<Shown<OrganizationId>>,
    pub(super) ids: Vec<Shown<CommandId>>,
    pub(super) hashes: Vec<&'a [u8]>,
    pub(super) first: Vec<i64>,
    pub(super) last: Vec<i64>,
    pub(super) expires: Vec<DateTime<Utc>>,
}
