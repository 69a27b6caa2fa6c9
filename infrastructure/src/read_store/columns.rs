//! The columns a view or table has, as the database tells, and their values as JSON.

use application::ports::Unavailable;
use application::ports::read_store::ColumnType;
use serde_json::{Map, Number, Value};

use super::schema::{quoted, read};
use crate::database::{Cell, Database, Row, away, params, stored_time};

const COLUMNS_SQLITE: &str = "SELECT name, type FROM pragma_table_info($1)";
const COLUMNS_POSTGRES: &str = "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

/// A column of a view.
pub(super) struct Found {
    pub(super) name: String,
    /// `None` for a computed column of SQLite, whose values say what they are.
    pub(super) kind: Option<ColumnType>,
    select: String,
}

pub(super) async fn columns(database: &Database, from: &str) -> Result<Vec<Found>, Unavailable> {
    let postgres = database.is_postgres();
    let rows = if postgres {
        database.query(COLUMNS_POSTGRES, params![quoted(from)]).await?
    } else {
        database.query(COLUMNS_SQLITE, params![from]).await?
    };
    if rows.is_empty() {
        return Err(away(format!("there is no view `{from}`: publish the projections first")));
    }
    let found = |row: &Row| {
        let (name, declared) = (row.text(0)?, row.text(1)?);
        Ok(if postgres { of_postgres(name, declared) } else { of_sqlite(name, declared) })
    };
    rows.iter().map(found).collect()
}

fn of_sqlite(name: &str, declared: &str) -> Found {
    let kind = match declared {
        "TEXT" => Some(ColumnType::Text),
        "INTEGER" | "INT" => Some(ColumnType::Integer),
        "BOOLEAN_INTEGER" => Some(ColumnType::Boolean),
        "TIME_TEXT" => Some(ColumnType::Time),
        "DECIMAL_TEXT" => Some(ColumnType::Decimal),
        "JSON_TEXT" => Some(ColumnType::Json),
        _ => None,
    };
    Found { name: name.to_owned(), kind, select: quoted(name) }
}

fn of_postgres(name: &str, declared: &str) -> Found {
    let kind = match declared {
        "text" => Some(ColumnType::Text),
        "bigint" | "integer" | "smallint" => Some(ColumnType::Integer),
        "boolean" => Some(ColumnType::Boolean),
        "timestamp with time zone" => Some(ColumnType::Time),
        "numeric" => Some(ColumnType::Decimal),
        "jsonb" | "json" => Some(ColumnType::Json),
        _ => None,
    };
    let select = match (kind, declared) {
        (Some(kind), _) => read(name, kind, true),
        (None, "double precision") => quoted(name),
        (None, _) => format!("{}::text", quoted(name)),
    };
    Found { name: name.to_owned(), kind, select }
}

/// The columns as a `SELECT` names them.
pub(super) fn selected(columns: &[Found]) -> String {
    columns.iter().map(|column| column.select.as_str()).collect::<Vec<_>>().join(", ")
}

/// A row as a JSON object.
pub(super) fn object(columns: &[Found], row: &Row) -> Result<Value, Unavailable> {
    let member = |(column, cell): (&Found, &Cell)| Ok((column.name.clone(), value(column.kind, cell)?));
    let members: Result<Map<String, Value>, Unavailable> =
        columns.iter().zip(row.cells()).map(member).collect();
    members.map(Value::Object)
}

fn value(kind: Option<ColumnType>, cell: &Cell) -> Result<Value, Unavailable> {
    Ok(match (kind, cell) {
        (_, Cell::Null) => Value::Null,
        (Some(ColumnType::Json), Cell::Text(text)) => serde_json::from_str(text).map_err(away)?,
        (Some(ColumnType::Boolean), Cell::Int(value)) => Value::Bool(*value != 0),
        (_, Cell::Bool(value)) => Value::Bool(*value),
        (_, Cell::Int(value)) => Value::Number((*value).into()),
        (_, Cell::Real(value)) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        (_, Cell::Time(time)) => Value::String(stored_time(*time)),
        (_, Cell::Text(text)) => Value::String(text.clone()),
        (_, Cell::Bytes(_)) => return Err(away("a view shows bytes, which JSON has not")),
    })
}
