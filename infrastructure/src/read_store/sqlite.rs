//! Writing a page on SQLite: one prepared upsert per table, on the writer's thread.

use application::ports::Unavailable;
use application::ports::read_store::{Cell, ColumnType, Row, RowChanges, Table};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::schema::{key, list, quoted};
use super::store::Move;
use crate::database::{Sqlite, away, stored_time};

/// Rows that are written in no time: such a page shares its commit with others.
const SMALL: usize = 256;

/// Answers whether the checkpoint was where it was expected; if not, nothing is written.
pub(super) async fn write(
    sqlite: &Sqlite,
    moved: Move,
    changes: Vec<(Table, RowChanges)>,
) -> Result<bool, Unavailable> {
    let rows: usize = changes.iter().map(|(_, changes)| changes.rows.len()).sum();
    sqlite.page(rows > SMALL, move |connection| page(connection, &moved, &changes)).await
}

fn page(
    connection: &mut Connection,
    moved: &Move,
    changes: &[(Table, RowChanges)],
) -> Result<bool, Unavailable> {
    let transaction = connection.savepoint().map_err(away)?;
    let values = (moved.to, &moved.name, moved.position, moved.epoch);
    let touched = transaction.prepare_cached(Move::SQL).and_then(|mut update| update.execute(values));
    if touched.map_err(away)? != 1 {
        return Ok(false);
    }
    for (table, changes) in changes {
        apply(&transaction, table, changes).map_err(away)?;
    }
    transaction.commit().map_err(away)?;
    Ok(true)
}

fn apply(transaction: &Connection, table: &Table, changes: &RowChanges) -> rusqlite::Result<()> {
    let mut upsert = transaction.prepare_cached(&upsert(table))?;
    let delete = format!("DELETE FROM {} WHERE {} = ?1", quoted(&table.physical()), key(table));
    let mut delete = transaction.prepare_cached(&delete)?;
    for (key, row) in &changes.rows {
        match row {
            Some(row) => upsert.execute(params_from_iter(row.iter().map(Bound)))?,
            None => delete.execute([key])?,
        };
    }
    Ok(())
}

fn upsert(table: &Table) -> String {
    let names = list(table.columns, |column| quoted(column.name));
    let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
    let name = quoted(&table.physical());
    format!(
        "INSERT INTO {name} ({names}) VALUES ({}) ON CONFLICT ({}) {}",
        places.join(", "),
        key(table),
        replace(table)
    )
}

/// What happens to a row that is there.
pub(super) fn replace(table: &Table) -> String {
    let rest = table.columns.get(1..).unwrap_or_default();
    if rest.is_empty() {
        return "DO NOTHING".to_owned();
    }
    let set = list(rest, |column| format!("{0} = excluded.{0}", quoted(column.name)));
    format!("DO UPDATE SET {set}")
}

/// Whether every row has a cell per column, of the column's type or null.
pub(super) fn fits(table: &Table, changes: &RowChanges) -> bool {
    let fits = |row: &Row| {
        let mut cells = row.iter().zip(table.columns);
        row.len() == table.columns.len() && cells.all(|(cell, column)| is_of(cell, column.kind))
    };
    changes.rows.iter().filter_map(|(_, row)| row.as_ref()).all(fits)
}

const fn is_of(cell: &Cell, kind: ColumnType) -> bool {
    matches!(
        (cell, kind),
        (Cell::Null, _)
            | (Cell::Text(_), ColumnType::Text | ColumnType::Decimal)
            | (Cell::Integer(_), ColumnType::Integer)
            | (Cell::Boolean(_), ColumnType::Boolean)
            | (Cell::Time(_), ColumnType::Time)
            | (Cell::Json(_), ColumnType::Json)
    )
}

struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Integer(value) => ToSqlOutput::Borrowed(ValueRef::Integer(*value)),
            Cell::Boolean(value) => ToSqlOutput::Borrowed(ValueRef::Integer((*value).into())),
            Cell::Time(time) => ToSqlOutput::Owned(Value::Text(stored_time(*time))),
            Cell::Json(json) => ToSqlOutput::Owned(Value::Text(json.to_string())),
        })
    }
}
