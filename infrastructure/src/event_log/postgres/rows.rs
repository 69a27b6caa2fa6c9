//! The rows of a batch as arrays per column: one element a row.

use std::error::Error;

use chrono::{DateTime, Utc};
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
    pub(super) payloads: Vec<JsonText<'a>>,
    pub(super) metadata: Vec<JsonText<'a>>,
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
