//! The database: SQLite in a file, or PostgreSQL. Opened by URL, migrated, and spoken to in one dialect where it allows.
//!
//! Cold tables go through [`Database::query`] and [`Database::write`] with `$1` placeholders. Tables of both
//! databases keep to `bigint`, `text`, `boolean`, `bytea`/`BLOB`, `json` and times, so that parameters fit.
//! Hot statements (the event log, projections, jobs) may reach the backend itself by [`Database::backend`].

mod migrate;
mod open;
mod postgres;
mod row;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod value;

use application::ports::Unavailable;

pub use open::{Backend, Database, Options};
pub use postgres::Postgres;
pub(crate) use postgres::{UNIQUE_VIOLATION, has_code};
pub use row::Row;
pub use sqlite::Sqlite;
pub use statement::{Statement, WriteError};
pub(crate) use value::params;
pub use value::{Cell, Param, stored_time};

/// A database error as the port's; the driver's words name no secret.
pub(crate) fn away(error: impl std::fmt::Display) -> Unavailable {
    Unavailable::new("database", error)
}
