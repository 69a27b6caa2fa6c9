//! One handle for both databases.

use std::path::Path;
use std::sync::Arc;

use application::ports::Unavailable;

use super::postgres::Postgres;
use super::row::Row;
use super::sqlite::Sqlite;
use super::statement::{Statement, WriteError};
use super::value::Param;
use super::{away, migrate};

/// An open database; clones share it.
#[derive(Clone)]
pub struct Database(Arc<Backend>);

/// Which database it is.
pub enum Backend {
    /// A file.
    Sqlite(Sqlite),
    /// A server.
    Postgres(Postgres),
}

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections to PostgreSQL at most, beside the two for appends.
    pub connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 10 }
    }
}

impl Database {
    /// Opens `sqlite:PATH`, `sqlite::memory:` (a temporary file that goes with the handle) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self, Unavailable> {
        Self::open_with(url, Options::default()).await
    }

    /// Opens with other than the usual options.
    pub async fn open_with(url: &str, options: Options) -> Result<Self, Unavailable> {
        let backend = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(Postgres::open(url, options.connections).await?)
        } else if url == "sqlite::memory:" {
            Backend::Sqlite(Sqlite::temporary()?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Backend::Sqlite(Sqlite::open(Path::new(path.strip_prefix("//").unwrap_or(path)))?)
        } else {
            return Err(away("the database URL names no database: use sqlite:PATH or postgres://…"));
        };
        Ok(Self(Arc::new(backend)))
    }

    /// Applies the migrations that are missing, in order, under a lock.
    pub async fn migrate(&self) -> Result<(), Unavailable> {
        migrate::migrate(self.backend()).await
    }

    /// The database itself, for hot statements.
    pub fn backend(&self) -> &Backend {
        &self.0
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.backend(), Backend::Postgres(_))
    }

    /// A condition for "column is one of the array parameter": `any_of("key", "$1")`.
    pub fn any_of(&self, column: &str, placeholder: &str) -> String {
        match self.backend() {
            Backend::Sqlite(_) => format!("{column} IN (SELECT value FROM json_each({placeholder}))"),
            Backend::Postgres(_) => format!("{column} = ANY({placeholder})"),
        }
    }

    /// Rows of a read; on SQLite from a read-only connection.
    pub async fn query(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.query(sql.to_owned(), params).await,
            Backend::Postgres(postgres) => postgres.query(sql, params).await,
        }
    }

    /// One writing statement in a transaction of its own, and the rows its `RETURNING` gives.
    pub async fn write_query(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.write_query(sql.to_owned(), params).await,
            Backend::Postgres(postgres) => postgres.query(sql, params).await,
        }
    }

    /// Writes all statements in one transaction or none; answers how many rows each touched.
    pub async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>, WriteError> {
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.write_all(statements).await,
            Backend::Postgres(postgres) => postgres.write_all(statements).await,
        }
    }

    /// Finishes what is queued and closes the connections.
    pub async fn close(&self) {
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }
}
