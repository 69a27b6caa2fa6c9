//! The log in PostgreSQL: one statement per batch, holding the lock that makes position order commit order.

mod append;
mod claims;
mod find;
mod gather;
mod port;
mod read;
mod rows;
mod statement;

use application::ports::Unavailable;

use super::raw::broken;
use crate::database::{Backend, Database, Postgres};

/// Key of the advisory lock that every append holds until it is committed.
pub(super) const APPEND_LOCK: i64 = 7_220_032;
/// Begins and takes the lock in one round trip; later statements see what was committed before it.
pub(super) const BEGIN_LOCKED: &str = "BEGIN; SELECT pg_advisory_xact_lock(7220032)";

/// The log in a PostgreSQL database.
pub(crate) struct PostgresLog {
    database: Database,
    loads: gather::Gathered,
}

impl PostgresLog {
    /// Must be called within a tokio runtime.
    pub(crate) fn new(database: Database) -> Self {
        Self { loads: gather::Gathered::start(&database), database }
    }

    fn postgres(&self) -> Result<&Postgres, Unavailable> {
        match self.database.backend() {
            Backend::Postgres(postgres) => Ok(postgres),
            Backend::Sqlite(_) => Err(broken("the database is not PostgreSQL")),
        }
    }
}
