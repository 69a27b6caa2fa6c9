//! The log in SQLite: on the one writer connection under `BEGIN IMMEDIATE`.

mod append;
mod at_once;
mod claims;
mod port;
mod read;

use application::ports::Unavailable;

use super::raw::broken;
use crate::database::{Backend, Database, Sqlite};

/// The log in a SQLite file.
pub(crate) struct SqliteLog(Database);

impl SqliteLog {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    fn sqlite(&self) -> Result<&Sqlite, Unavailable> {
        match self.0.backend() {
            Backend::Sqlite(sqlite) => Ok(sqlite),
            Backend::Postgres(_) => Err(broken("the database is not SQLite")),
        }
    }
}
