//! The databases a contract is held on: a fresh, migrated one of each kind.

use infrastructure::database::Database;
use tests::postgres;

/// SQLite, and PostgreSQL where the tests have a server.
pub(crate) async fn databases() -> Vec<Database> {
    let mut urls = vec!["sqlite::memory:".to_owned()];
    urls.extend(postgres::fresh_database().await);
    let mut databases = Vec::new();
    for url in urls {
        let database = Database::open(&url).await.expect("a fresh database opens");
        database.migrate().await.expect("a fresh database takes every migration");
        databases.push(database);
    }
    databases
}
