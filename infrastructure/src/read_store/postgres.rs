//! Writing a page on PostgreSQL: one statement per table, a text array per column.

use application::ports::Unavailable;
use application::ports::read_store::{Cell, Row, RowChanges, Table};
use sqlx::PgConnection;
use sqlx::query::Query;

use super::schema::{cast, key, list, quoted};
use super::sqlite::replace;
use super::store::Move;
use crate::database::{Postgres, away, stored_time};

/// Answers whether the checkpoint was where it was expected; if not, nothing is written.
pub(super) async fn write(
    postgres: &Postgres,
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
    if rows.is_empty() {
        return Ok(());
    }
    let sql = upsert(table);
    let arrays = arrays(table, rows);
    let query = arrays.into_iter().fold(sqlx::query(&sql), Query::bind);
    query.execute(connection).await?;
    Ok(())
}

fn upsert(table: &Table) -> String {
    let names = list(table.columns, |column| quoted(column.name));
    let values = list(table.columns, |column| format!("n.{}::{}", quoted(column.name), cast(column.kind)));
    let arrays: Vec<String> = (1..=table.columns.len()).map(|place| format!("${place}::text[]")).collect();
    let name = quoted(&table.physical());
    format!(
        "INSERT INTO {name} ({names}) SELECT {values} FROM unnest({}) AS n ({names}) ON CONFLICT ({}) {}",
        arrays.join(", "),
        key(table),
        replace(table)
    )
}

/// Turns rows into columns.
fn arrays(table: &Table, rows: Vec<Row>) -> Vec<Vec<Option<String>>> {
    let mut arrays = vec![Vec::with_capacity(rows.len()); table.columns.len()];
    for row in rows {
        for (array, cell) in arrays.iter_mut().zip(row) {
            array.push(text(cell));
        }
    }
    arrays
}

fn text(cell: Cell) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) => Some(text),
        Cell::Integer(value) => Some(value.to_string()),
        Cell::Boolean(value) => Some(value.to_string()),
        Cell::Time(time) => Some(stored_time(time)),
        Cell::Json(json) => Some(json.to_string()),
    }
}
