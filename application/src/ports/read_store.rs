//! Rows of read models: typed columns, written by projections in batches, read through views.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Unavailable;
use super::checkpoints::{Checkpoint, SaveError};

/// Type of a column, the same on every database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// 64-bit integer.
    Integer,
    /// True or false.
    Boolean,
    /// A time in UTC.
    Time,
    /// A decimal, kept by its digits.
    Decimal,
    /// Open JSON content.
    Json,
}

/// One column of a row's table; one view column each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as in the view.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// What it means; becomes the view's documentation.
    pub doc: &'static str,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Text, or a decimal's digits.
    Text(String),
    /// An integer.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A time.
    Time(DateTime<Utc>),
    /// JSON.
    Json(Value),
}

/// A read model's table: `<name>_<version>`; `key` columns first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name without version.
    pub name: &'static str,
    /// The projection's version.
    pub version: u32,
    /// Columns, in order. The first is the primary key (text).
    pub columns: &'static [Column],
    /// Secondary indexes, by column names.
    pub indexes: &'static [&'static [&'static str]],
}

impl Table {
    /// The table's name in the database.
    pub fn physical(&self) -> String {
        format!("{}_{}", self.name, self.version)
    }
}

/// A row: one cell per column of its table.
pub type Row = Vec<Cell>;

/// Row changes of one page: the newest row per key, `None` to delete.
#[derive(Clone, Debug, Default)]
pub struct RowChanges {
    /// Key and row.
    pub rows: Vec<(String, Option<Row>)>,
}

/// A condition on one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Equals.
    Is(&'static str, Cell),
    /// Is one of.
    In(&'static str, Vec<Cell>),
    /// Greater than.
    After(&'static str, Cell),
    /// Less than.
    Before(&'static str, Cell),
}

/// What to read: keyset paging over (`order`, key).
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// A view's or table's name.
    pub from: String,
    /// Every condition holds.
    pub conditions: Vec<Condition>,
    /// Column to order by (then by key); must not be null.
    pub order: &'static str,
    /// Newest or greatest first.
    pub descending: bool,
    /// The (order, key) of the last row seen.
    pub after: Option<(Cell, String)>,
    /// Rows at most.
    pub limit: usize,
}

/// Tables of read models.
#[async_trait::async_trait]
pub trait ReadStore: Send + Sync {
    /// Creates the table of this version if it is not there; indexes too unless `bare` (a rebuild makes them last).
    async fn prepare(&self, table: &Table, bare: bool) -> Result<(), Unavailable>;

    /// Points the views at `tables` and drops older versions, in one transaction.
    async fn publish(&self, tables: &[Table], views: &[(String, String)]) -> Result<(), Unavailable>;

    /// Rows by key, in the order asked.
    async fn rows(&self, table: &Table, keys: &[String]) -> Result<Vec<Option<Row>>, Unavailable>;

    /// Writes rows of several tables and moves the checkpoint, all or nothing.
    async fn write(
        &self,
        name: &str,
        from: Checkpoint,
        to: u64,
        changes: Vec<(Table, RowChanges)>,
    ) -> Result<(), SaveError>;

    /// Rows of a view as JSON objects.
    async fn query(&self, query: &Query) -> Result<Vec<Value>, Unavailable>;

    /// How many rows match, counted up to `cap`.
    async fn count(&self, from: &str, conditions: &[Condition], cap: u64) -> Result<u64, Unavailable>;
}
