//! Names and types of tables, and the statements that make them.

use application::ports::read_store::{Column, ColumnType, Table};

use crate::database::Statement;

/// A name as SQL takes it, whatever it contains.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names as a list, separated by commas.
pub(super) fn list(columns: &[Column], write: impl Fn(&Column) -> String) -> String {
    columns.iter().map(write).collect::<Vec<_>>().join(", ")
}

/// The key column: the first.
pub(super) fn key(table: &Table) -> String {
    quoted(table.columns.first().map_or("", |column| column.name))
}

/// A column's type as it is declared.
pub(super) fn declared(kind: ColumnType, postgres: bool) -> &'static str {
    match (kind, postgres) {
        // Bytewise order, the same on both databases.
        (ColumnType::Text, true) => "text COLLATE \"C\"",
        (ColumnType::Integer, true) => "bigint",
        (ColumnType::Boolean, true) => "boolean",
        (ColumnType::Time, true) => "timestamptz",
        (ColumnType::Decimal, true) => "numeric",
        (ColumnType::Json, true) => "jsonb",
        (ColumnType::Text, false) => "TEXT",
        (ColumnType::Integer, false) => "INTEGER",
        (ColumnType::Boolean, false) => "BOOLEAN_INTEGER",
        (ColumnType::Time, false) => "TIME_TEXT",
        (ColumnType::Decimal, false) => "DECIMAL_TEXT",
        (ColumnType::Json, false) => "JSON_TEXT",
    }
}

/// A type as a cast names it in PostgreSQL.
pub(super) fn cast(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        other => declared(other, true),
    }
}

/// A column as PostgreSQL hands it over: what the driver cannot read becomes text.
pub(super) fn read(name: &str, kind: ColumnType, postgres: bool) -> String {
    match kind {
        ColumnType::Decimal | ColumnType::Json if postgres => format!("{}::text", quoted(name)),
        _ => quoted(name),
    }
}

pub(super) fn create_table(table: &Table, postgres: bool) -> Statement {
    let columns =
        list(table.columns, |column| format!("{} {}", quoted(column.name), declared(column.kind, postgres)));
    let options = if postgres { " WITH (fillfactor = 80)" } else { "" };
    let name = quoted(&table.physical());
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS {name} ({columns}, PRIMARY KEY ({key})){options}",
        key = key(table)
    );
    Statement::new(sql, Vec::new())
}

/// Every index ends with the key, so that keyset pages read it in order.
pub(super) fn create_indexes(table: &Table) -> impl Iterator<Item = Statement> {
    table.indexes.iter().enumerate().map(|(number, columns)| {
        let key = table.columns.first().map(|column| column.name).filter(|key| !columns.contains(key));
        let columns: Vec<String> = columns.iter().copied().chain(key).map(quoted).collect();
        let physical = table.physical();
        let sql = format!(
            "CREATE INDEX IF NOT EXISTS {} ON {} ({})",
            quoted(&format!("{physical}_{number}")),
            quoted(&physical),
            columns.join(", ")
        );
        Statement::new(sql, Vec::new())
    })
}

/// What the columns mean, where the database keeps it.
pub(super) fn comments(relation: &str, columns: &[(&str, &str)]) -> Vec<Statement> {
    let comment = |(name, doc): &(&str, &str)| {
        let doc = doc.trim().replace('\'', "''");
        let sql = format!("COMMENT ON COLUMN {}.{} IS '{doc}'", quoted(relation), quoted(name));
        Statement::new(sql, Vec::new())
    };
    columns.iter().map(comment).collect()
}
