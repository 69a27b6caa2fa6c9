//! Writing a page on PostgreSQL: one statement per table, an array per column.

use application::ports::Unavailable;
use application::ports::read_store::{Cell, ColumnType, Row, RowChanges, Table};
use chrono::{DateTime, Utc};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};

use super::schema::{cast, key, list, quoted};
use super::sqlite::replace;
use super::store::Move;
use crate::database::{self, away};

/// Rows of one statement: the server keeps them in memory (`work_mem`, 4 MiB unless set) while it inserts.
const CHUNK: usize = 2_000;

/// Answers whether the checkpoint was where it was expected; if not, nothing is written.
pub(super) async fn write(
    postgres: &database::Postgres,
    moved: Move,
    changes: Vec<(Table, RowChanges)>,
) -> Result<bool, Unavailable> {
    let mut transaction = postgres.pool().begin().await.map_err(away)?;
    let update =
        sqlx::query(Move::SQL).bind(moved.to).bind(moved.name).bind(moved.position).bind(moved.epoch);
    if update.execute(&mut *transaction).await.map_err(away)?.rows_affected() != 1 {
        return Ok(false);
    }
    for (table, changes) in changes {
        apply(&mut transaction, &table, changes).await.map_err(away)?;
    }
    transaction.commit().await.map_err(away)?;
    Ok(true)
}

async fn apply(connection: &mut PgConnection, table: &Table, changes: RowChanges) -> Result<(), sqlx::Error> {
    let (mut rows, mut gone) = (Vec::with_capacity(changes.rows.len()), Vec::new());
    for (key, row) in changes.rows {
        match row {
            Some(row) => rows.push(row),
            None => gone.push(key),
        }
    }
    if !gone.is_empty() {
        let sql = format!("DELETE FROM {} WHERE {} = ANY($1)", quoted(&table.physical()), key(table));
        sqlx::query(&sql).bind(gone).execute(&mut *connection).await?;
    }
    let sql = upsert(table);
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        let arrays = Array::of(table, std::mem::replace(&mut rows, rest));
        let query = arrays.into_iter().fold(sqlx::query(&sql), |query, array| array.bind(query));
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn upsert(table: &Table) -> String {
    let names = list(table.columns, |column| quoted(column.name));
    let values = list(table.columns, |column| match column.kind {
        ColumnType::Decimal | ColumnType::Json => {
            format!("n.{}::{}", quoted(column.name), cast(column.kind))
        }
        _ => format!("n.{}", quoted(column.name)),
    });
    let arrays = table.columns.iter().zip(1..);
    let arrays: Vec<String> =
        arrays.map(|(column, place)| format!("${place}::{}[]", sent(column.kind))).collect();
    let name = quoted(&table.physical());
    format!(
        "INSERT INTO {name} ({names}) SELECT {values} FROM unnest({}) AS n ({names}) ON CONFLICT ({}) {}",
        arrays.join(", "),
        key(table),
        replace(table)
    )
}

/// The type in which a column's values travel: its own in binary, where the driver and the table mean the same.
const fn sent(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text | ColumnType::Decimal | ColumnType::Json => "text",
        ColumnType::Integer => "bigint",
        ColumnType::Boolean => "boolean",
        ColumnType::Time => "timestamptz",
    }
}

/// The values of one column.
enum Array {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Boolean(Vec<Option<bool>>),
    Time(Vec<Option<DateTime<Utc>>>),
}

impl Array {
    /// Turns rows into columns.
    fn of(table: &Table, rows: Vec<Row>) -> Vec<Self> {
        let columns = table.columns.iter();
        let mut arrays: Vec<Self> = columns.map(|column| Self::new(column.kind, rows.len())).collect();
        for row in rows {
            for (array, cell) in arrays.iter_mut().zip(row) {
                array.push(cell);
            }
        }
        arrays
    }

    fn new(kind: ColumnType, length: usize) -> Self {
        match kind {
            ColumnType::Text | ColumnType::Decimal | ColumnType::Json => {
                Self::Text(Vec::with_capacity(length))
            }
            ColumnType::Integer => Self::Integer(Vec::with_capacity(length)),
            ColumnType::Boolean => Self::Boolean(Vec::with_capacity(length)),
            ColumnType::Time => Self::Time(Vec::with_capacity(length)),
        }
    }

    /// Cells are of their column's type or null: that was checked.
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Text(texts), Cell::Text(text)) => texts.push(Some(text)),
            (Self::Text(texts), Cell::Json(json)) => texts.push(Some(json.to_string())),
            (Self::Integer(numbers), Cell::Integer(number)) => numbers.push(Some(number)),
            (Self::Boolean(values), Cell::Boolean(value)) => values.push(Some(value)),
            (Self::Time(times), Cell::Time(time)) => times.push(Some(time)),
            (Self::Text(texts), _) => texts.push(None),
            (Self::Integer(numbers), _) => numbers.push(None),
            (Self::Boolean(values), _) => values.push(None),
            (Self::Time(times), _) => times.push(None),
        }
    }

    fn bind(self, query: Query<'_, Postgres, PgArguments>) -> Query<'_, Postgres, PgArguments> {
        match self {
            Self::Text(values) => query.bind(values),
            Self::Integer(values) => query.bind(values),
            Self::Boolean(values) => query.bind(values),
            Self::Time(values) => query.bind(values),
        }
    }
}
