//! Rows, read by column number.

use application::ports::Unavailable;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{Column, Row as _, TypeInfo, ValueRef};

use super::away;
use super::value::Cell;

/// One row. Getters count columns from 0; a value of another type is an error that names the column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(Vec<Cell>);

impl Row {
    /// The row's cells.
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }

    /// An integer.
    pub fn i64(&self, column: usize) -> Result<i64, Unavailable> {
        self.opt_i64(column)?.ok_or_else(|| self.wrong(column, "an integer"))
    }

    /// An integer, or nothing.
    pub fn opt_i64(&self, column: usize) -> Result<Option<i64>, Unavailable> {
        match self.0.get(column) {
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(value)) => Ok(Some(*value)),
            _ => Err(self.wrong(column, "an integer")),
        }
    }

    /// A count or position.
    pub fn u64(&self, column: usize) -> Result<u64, Unavailable> {
        u64::try_from(self.i64(column)?).map_err(|_| self.wrong(column, "a number from 0"))
    }

    /// A count or position, or nothing.
    pub fn opt_u64(&self, column: usize) -> Result<Option<u64>, Unavailable> {
        match self.opt_i64(column)? {
            None => Ok(None),
            Some(value) => u64::try_from(value).map(Some).map_err(|_| self.wrong(column, "a number from 0")),
        }
    }

    /// A boolean.
    pub fn bool(&self, column: usize) -> Result<bool, Unavailable> {
        match self.0.get(column) {
            Some(Cell::Bool(value)) => Ok(*value),
            Some(Cell::Int(value)) => Ok(*value != 0),
            _ => Err(self.wrong(column, "a boolean")),
        }
    }

    /// Text or JSON.
    pub fn text(&self, column: usize) -> Result<&str, Unavailable> {
        self.opt_text(column)?.ok_or_else(|| self.wrong(column, "text"))
    }

    /// Text or JSON, or nothing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, Unavailable> {
        match self.0.get(column) {
            Some(Cell::Null) => Ok(None),
            Some(Cell::Text(value)) => Ok(Some(value)),
            _ => Err(self.wrong(column, "text")),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Unavailable> {
        self.opt_bytes(column)?.ok_or_else(|| self.wrong(column, "bytes"))
    }

    /// Bytes, or nothing.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<&[u8]>, Unavailable> {
        match self.0.get(column) {
            Some(Cell::Null) => Ok(None),
            Some(Cell::Bytes(value)) => Ok(Some(value)),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// A time.
    pub fn time(&self, column: usize) -> Result<DateTime<Utc>, Unavailable> {
        self.opt_time(column)?.ok_or_else(|| self.wrong(column, "a time"))
    }

    /// A time, or nothing.
    pub fn opt_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, Unavailable> {
        match self.0.get(column) {
            Some(Cell::Null) => Ok(None),
            Some(Cell::Time(value)) => Ok(Some(*value)),
            Some(Cell::Text(value)) => value.parse().map(Some).map_err(|_| self.wrong(column, "a time")),
            _ => Err(self.wrong(column, "a time")),
        }
    }

    // The value itself stays out of the error: it may be personal.
    fn wrong(&self, column: usize, expected: &str) -> Unavailable {
        let found = match self.0.get(column) {
            None => "missing",
            Some(Cell::Null) => "empty",
            Some(_) => "of another type",
        };
        away(format!("column {column} is {found}: {expected} was expected"))
    }

    pub(super) fn of_sqlite(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Self> {
        use rusqlite::types::ValueRef::{Blob, Integer, Null, Real, Text};
        let cell = |column| {
            Ok(match row.get_ref(column)? {
                Null => Cell::Null,
                Integer(value) => Cell::Int(value),
                Real(value) => Cell::Real(value),
                Text(value) => Cell::Text(String::from_utf8_lossy(value).into_owned()),
                Blob(value) => Cell::Bytes(value.to_vec()),
            })
        };
        (0..columns).map(cell).collect::<rusqlite::Result<_>>().map(Self)
    }

    pub(super) fn of_postgres(row: &PgRow) -> Result<Self, sqlx::Error> {
        (0..row.columns().len()).map(|column| postgres_cell(row, column)).collect::<Result<_, _>>().map(Self)
    }
}

fn postgres_cell(row: &PgRow, column: usize) -> Result<Cell, sqlx::Error> {
    if row.try_get_raw(column)?.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match row.column(column).type_info().name() {
        "INT8" => Cell::Int(row.try_get(column)?),
        "INT4" => Cell::Int(row.try_get::<i32, _>(column)?.into()),
        "INT2" => Cell::Int(row.try_get::<i16, _>(column)?.into()),
        "FLOAT8" => Cell::Real(row.try_get(column)?),
        "BOOL" => Cell::Bool(row.try_get(column)?),
        "BYTEA" => Cell::Bytes(row.try_get(column)?),
        "TIMESTAMPTZ" => Cell::Time(row.try_get(column)?),
        "JSON" => Cell::Text(row.try_get_unchecked(column)?),
        _ => Cell::Text(row.try_get(column)?),
    })
}
