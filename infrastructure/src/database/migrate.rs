//! Embedded migrations: numbered, applied in order under a lock, recorded with a checksum, forward only.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use include_dir::{Dir, include_dir};
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};
use sqlx::Row as _;

use super::away;
use super::open::Backend;
use super::postgres::Postgres;

static MIGRATIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Key of the advisory lock under which PostgreSQL is migrated.
const BEGIN_LOCKED: &str = "BEGIN; SELECT pg_advisory_xact_lock(7220031)";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at text NOT NULL DEFAULT CURRENT_TIMESTAMP)";
const RECORD: &str = "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)";
const APPLIED: &str = "SELECT name, checksum FROM schema_migrations";

struct Migration {
    name: &'static str,
    sql: &'static str,
    checksum: String,
}

pub(super) async fn migrate(backend: &Backend) -> Result<(), Unavailable> {
    match backend {
        Backend::Sqlite(sqlite) => sqlite.write(migrate_sqlite).await,
        Backend::Postgres(postgres) => migrate_postgres(postgres).await,
    }
}

fn migrate_sqlite(connection: &mut Connection) -> Result<(), Unavailable> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(away)?;
    transaction.execute_batch(TABLE).map_err(away)?;
    let applied: BTreeMap<String, String> = transaction
        .prepare(APPLIED)
        .and_then(|mut statement| statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(away)?;
    for migration in missing("sqlite", &applied)? {
        let named = |error| away(format!("migration {}: {error}", migration.name));
        transaction.execute_batch(migration.sql).map_err(named)?;
        transaction.execute(RECORD, [migration.name, &migration.checksum]).map_err(named)?;
    }
    transaction.commit().map_err(away)
}

async fn migrate_postgres(postgres: &Postgres) -> Result<(), Unavailable> {
    let mut transaction = postgres.pool().begin_with(BEGIN_LOCKED).await.map_err(away)?;
    sqlx::raw_sql(TABLE).execute(&mut *transaction).await.map_err(away)?;
    let rows = sqlx::query(APPLIED).fetch_all(&mut *transaction).await.map_err(away)?;
    let applied = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<BTreeMap<String, String>, sqlx::Error>>()
        .map_err(away)?;
    for migration in missing("postgres", &applied)? {
        let named = |error| away(format!("migration {}: {error}", migration.name));
        sqlx::raw_sql(migration.sql).execute(&mut *transaction).await.map_err(named)?;
        sqlx::query(RECORD)
            .bind(migration.name)
            .bind(&migration.checksum)
            .execute(&mut *transaction)
            .await
            .map_err(named)?;
    }
    transaction.commit().await.map_err(away)
}

/// The migrations that `applied` lacks. One that was altered since, or a newer database, is refused.
fn missing(folder: &str, applied: &BTreeMap<String, String>) -> Result<Vec<Migration>, Unavailable> {
    let all = embedded(folder);
    let known = |name: &str| all.iter().find(|migration| migration.name == name);
    for (name, checksum) in applied {
        match known(name) {
            None => return Err(away(format!("migration {name} is of a newer program: start that one"))),
            Some(ours) if ours.checksum != *checksum => {
                return Err(away(format!("migration {name} was altered after it was applied")));
            }
            Some(_) => {}
        }
    }
    Ok(all.into_iter().filter(|migration| !applied.contains_key(migration.name)).collect())
}

fn embedded(folder: &str) -> Vec<Migration> {
    let files = MIGRATIONS.get_dir(folder).into_iter().flat_map(Dir::files);
    let mut all: Vec<Migration> = files
        .filter_map(|file| {
            let name = file.path().file_stem()?.to_str()?;
            let checksum = hex::encode(Sha256::digest(file.contents()));
            Some(Migration { name, sql: file.contents_utf8()?, checksum })
        })
        .collect();
    all.sort_by_key(|migration| migration.name);
    all
}
