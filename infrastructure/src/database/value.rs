//! Values that go into statements and come out of rows.

use std::error::Error;

use chrono::{DateTime, Datelike as _, SecondsFormat, Timelike as _, Utc};
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use sqlx::encode::IsNull;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// A parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    /// Nothing, of whatever type the column has.
    Null,
    /// `bigint`.
    Int(i64),
    /// `boolean`; 0 or 1 in SQLite.
    Bool(bool),
    /// `text`.
    Text(String),
    /// `bytea`, `BLOB`.
    Bytes(Vec<u8>),
    /// `timestamptz`; in SQLite the text of [`stored_time`].
    Time(DateTime<Utc>),
    /// JSON text, kept as it is written (`json`, never `jsonb`).
    Json(String),
    /// `text[]`; a JSON array in SQLite. See [`super::Database::any_of`].
    TextArray(Vec<String>),
    /// `bigint[]`; a JSON array in SQLite. See [`super::Database::any_of`].
    IntArray(Vec<i64>),
}

/// RFC 3339 with six digits and `Z`: text order is time order. PostgreSQL keeps the same microseconds.
pub fn stored_time(time: DateTime<Utc>) -> String {
    let Ok(year @ 0..=9999) = u32::try_from(time.year()) else {
        return time.to_rfc3339_opts(SecondsFormat::Micros, true);
    };
    // A page of rows has thousands of times, and the general formatter is slow. A leap second counts past 999,999.
    let micros = time.timestamp_subsec_micros();
    let second = time.second() + micros / 1_000_000;
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    digits(&mut text[0..4], year);
    for (place, number) in
        [(5, time.month()), (8, time.day()), (11, time.hour()), (14, time.minute()), (17, second)]
    {
        digits(&mut text[place..place + 2], number);
    }
    digits(&mut text[20..26], micros % 1_000_000);
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes the last digits of `number`, as many as there is place for.
fn digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

macro_rules! from {
    ($($source:ty => |$value:ident| $param:expr;)+) => {$(
        impl From<$source> for Param {
            fn from($value: $source) -> Self {
                $param
            }
        }
    )+};
}

from! {
    i64 => |value| Self::Int(value);
    u32 => |value| Self::Int(value.into());
    u64 => |value| Self::Int(i64::try_from(value).unwrap_or(i64::MAX));
    usize => |value| Self::Int(i64::try_from(value).unwrap_or(i64::MAX));
    bool => |value| Self::Bool(value);
    String => |value| Self::Text(value);
    &str => |value| Self::Text(value.to_owned());
    &String => |value| Self::Text(value.clone());
    Vec<u8> => |value| Self::Bytes(value);
    &[u8] => |value| Self::Bytes(value.to_vec());
    DateTime<Utc> => |value| Self::Time(value);
    Vec<String> => |value| Self::TextArray(value);
    &[String] => |value| Self::TextArray(value.to_vec());
    Vec<i64> => |value| Self::IntArray(value);
}

impl<T: Into<Param>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A list of parameters out of whatever converts into one.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::database::Param::from($value)),*] };
}
pub(crate) use params;

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Self::Bool(value) => ToSqlOutput::Borrowed(ValueRef::Integer((*value).into())),
            Self::Text(value) | Self::Json(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
            Self::Bytes(value) => ToSqlOutput::Borrowed(ValueRef::Blob(value)),
            Self::Time(value) => ToSqlOutput::Owned(Value::Text(stored_time(*value))),
            Self::TextArray(values) => ToSqlOutput::Owned(Value::Text(json_list(values)?)),
            Self::IntArray(values) => ToSqlOutput::Owned(Value::Text(json_list(values)?)),
        })
    }
}

fn json_list<T: serde::Serialize>(values: &[T]) -> rusqlite::Result<String> {
    serde_json::to_string(values).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// PostgreSQL infers the type of a parameter that is declared with this id.
const INFERRED: PgTypeInfo = PgTypeInfo::with_oid(Oid(0));
/// `json` in the catalogue `pg_type`.
const JSON: PgTypeInfo = PgTypeInfo::with_oid(Oid(114));

impl Type<Postgres> for Param {
    fn type_info() -> PgTypeInfo {
        INFERRED
    }
}

impl Encode<'_, Postgres> for Param {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
            Self::Bool(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
            Self::Text(value) | Self::Json(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
            Self::Bytes(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
            Self::Time(value) => Encode::<Postgres>::encode_by_ref(value, buffer),
            Self::TextArray(values) => Encode::<Postgres>::encode_by_ref(values, buffer),
            Self::IntArray(values) => Encode::<Postgres>::encode_by_ref(values, buffer),
        }
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self {
            Self::Null => INFERRED,
            Self::Int(_) => <i64 as Type<Postgres>>::type_info(),
            Self::Bool(_) => <bool as Type<Postgres>>::type_info(),
            Self::Text(_) => <String as Type<Postgres>>::type_info(),
            Self::Json(_) => JSON,
            Self::Bytes(_) => <Vec<u8> as Type<Postgres>>::type_info(),
            Self::Time(_) => <DateTime<Utc> as Type<Postgres>>::type_info(),
            Self::TextArray(_) => <Vec<String> as Type<Postgres>>::type_info(),
            Self::IntArray(_) => <Vec<i64> as Type<Postgres>>::type_info(),
        })
    }
}

/// A value of a row, as the database handed it over.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An integer, or SQLite's 0 and 1.
    Int(i64),
    /// A floating-point number; only what SQL computed, never money.
    Real(f64),
    /// PostgreSQL's boolean.
    Bool(bool),
    /// Text, JSON, or a time of SQLite.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// PostgreSQL's time.
    Time(DateTime<Utc>),
}
