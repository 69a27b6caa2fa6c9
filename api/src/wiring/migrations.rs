//! Which migrations a database lacks. Applying them is the database's own work.

use application::ports::Unavailable;
use include_dir::{Dir, include_dir};
use infrastructure::database::Database;

static POSTGRES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../infrastructure/migrations/postgres");
static SQLITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../infrastructure/migrations/sqlite");

/// The names of those that were not applied yet, in order.
pub(super) async fn missing(database: &Database) -> Result<Vec<String>, Unavailable> {
    let applied = applied(database).await?;
    let all = if database.is_postgres() { &POSTGRES } else { &SQLITE };
    let mut names: Vec<String> = all
        .files()
        .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| !applied.contains(name))
        .collect();
    names.sort();
    Ok(names)
}

/// Whether nothing was applied yet.
pub(super) async fn is_fresh(database: &Database) -> Result<bool, Unavailable> {
    Ok(applied(database).await?.is_empty())
}

async fn applied(database: &Database) -> Result<Vec<String>, Unavailable> {
    let exists = if database.is_postgres() {
        "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('schema_migrations')"
    } else {
        "SELECT 1 FROM sqlite_master WHERE name = 'schema_migrations'"
    };
    if database.query(exists, Vec::new()).await?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = database.query("SELECT name FROM schema_migrations", Vec::new()).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}
