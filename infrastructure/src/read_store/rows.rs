//! Rows by key.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::read_store::{Cell, ColumnType, Row, Table};

use super::schema::{key, list, quoted, read};
use crate::database::{self, Database, away, params};

pub(super) async fn rows(
    database: &Database,
    table: &Table,
    keys: &[String],
) -> Result<Vec<Option<Row>>, Unavailable> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let columns = list(table.columns, |column| read(column.name, column.kind, database.is_postgres()));
    let found = database.any_of(&key(table), "$1");
    let sql = format!("SELECT {columns} FROM {} WHERE {found}", quoted(&table.physical()));
    let mut places: HashMap<&str, Vec<usize>> = HashMap::with_capacity(keys.len());
    for (place, key) in keys.iter().enumerate() {
        places.entry(key).or_default().push(place);
    }
    let mut answer = vec![None; keys.len()];
    for row in database.query(&sql, params![keys]).await? {
        let places = places.get(row.text(0)?).map(Vec::as_slice).unwrap_or_default();
        let row = cells(table, &row)?;
        for place in places {
            answer[*place] = Some(row.clone());
        }
    }
    Ok(answer)
}

fn cells(table: &Table, row: &database::Row) -> Result<Row, Unavailable> {
    let columns = table.columns.iter().enumerate();
    columns.map(|(place, column)| cell(row, place, column.kind)).collect()
}

fn cell(row: &database::Row, place: usize, kind: ColumnType) -> Result<Cell, Unavailable> {
    if matches!(row.cells().get(place), Some(database::Cell::Null)) {
        return Ok(Cell::Null);
    }
    Ok(match kind {
        ColumnType::Text | ColumnType::Decimal => Cell::Text(row.text(place)?.to_owned()),
        ColumnType::Integer => Cell::Integer(row.i64(place)?),
        ColumnType::Boolean => Cell::Boolean(row.bool(place)?),
        ColumnType::Time => Cell::Time(row.time(place)?),
        ColumnType::Json => Cell::Json(serde_json::from_str(row.text(place)?).map_err(away)?),
    })
}
