//! Pointing the views at new tables, in one transaction.

use application::ports::Unavailable;
use application::ports::read_store::Table;

use super::schema::{create_indexes, quoted};
use crate::database::{Database, Statement};
use crate::unguarded::unguarded;

const TABLES_SQLITE: &str = "SELECT name FROM sqlite_master WHERE type = 'table'";
const TABLES_POSTGRES: &str = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
const VIEWS_SQLITE: &str = "SELECT name, sql FROM sqlite_master WHERE type = 'view'";
const VIEWS_POSTGRES: &str =
    "SELECT viewname::text, definition FROM pg_views WHERE schemaname = current_schema()";

pub(super) async fn publish(
    database: &Database,
    tables: &[Table],
    views: &[(String, String)],
) -> Result<(), Unavailable> {
    let older = older(database, tables).await?;
    let mut statements: Vec<Statement> = tables.iter().flat_map(create_indexes).collect();
    let dropped = dropped(database, &older, views).await?;
    statements.extend(drop_views(database, &dropped));
    // As the reader, not as the owner: so that row-level security holds behind a view, too.
    let options = if database.is_postgres() { " WITH (security_invoker = true)" } else { "" };
    let create = |(name, sql): &(String, String)| {
        Statement::new(format!("CREATE VIEW {}{options} AS {sql}", quoted(name)), Vec::new())
    };
    statements.extend(views.iter().map(create));
    let drop_table =
        |name: &String| Statement::new(format!("DROP TABLE IF EXISTS {}", quoted(name)), Vec::new());
    statements.extend(older.iter().map(drop_table));
    database.write(statements).await.map_err(unguarded)?;
    Ok(())
}

/// Tables of the same names and older versions. Newer ones stay: another process may be filling them.
async fn older(database: &Database, tables: &[Table]) -> Result<Vec<String>, Unavailable> {
    let sql = if database.is_postgres() { TABLES_POSTGRES } else { TABLES_SQLITE };
    let mut older = Vec::new();
    for row in database.query(sql, Vec::new()).await? {
        let found = row.text(0)?;
        if tables.iter().any(|table| is_older(found, table)) {
            older.push(found.to_owned());
        }
    }
    Ok(older)
}

fn is_older(found: &str, table: &Table) -> bool {
    let version = found.strip_prefix(table.name).and_then(|rest| rest.strip_prefix('_'));
    version.and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| {
        let same_name = Table { version, ..table.clone() }.physical() == found;
        same_name && version < table.version
    })
}

/// Views that are made anew, and views that read a table which goes.
async fn dropped(
    database: &Database,
    older: &[String],
    views: &[(String, String)],
) -> Result<Vec<String>, Unavailable> {
    let sql = if database.is_postgres() { VIEWS_POSTGRES } else { VIEWS_SQLITE };
    let mut dropped = Vec::new();
    for row in database.query(sql, Vec::new()).await? {
        let (name, definition) = (row.text(0)?, row.opt_text(1)?.unwrap_or_default());
        let remade = views.iter().any(|(view, _)| view == name);
        if remade || older.iter().any(|table| mentions(definition, table)) {
            dropped.push(name.to_owned());
        }
    }
    Ok(dropped)
}

fn mentions(definition: &str, table: &str) -> bool {
    let of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    definition.split(|c| !of_a_name(c)).any(|word| word == table)
}

/// One statement on PostgreSQL, which minds the order in which views that read one another go.
fn drop_views(database: &Database, views: &[String]) -> Vec<Statement> {
    let names: Vec<String> = views.iter().map(|view| quoted(view)).collect();
    let drop = |names: &str| Statement::new(format!("DROP VIEW IF EXISTS {names}"), Vec::new());
    match database.is_postgres() {
        _ if names.is_empty() => Vec::new(),
        true => vec![drop(&names.join(", "))],
        false => names.iter().map(|name| drop(name)).collect(),
    }
}
