//! Statements that are written together.

use std::borrow::Cow;

use application::ports::Unavailable;

use super::value::Param;

/// One statement of a transaction.
#[derive(Clone, Debug)]
pub struct Statement {
    /// SQL with `$1` placeholders.
    pub sql: Cow<'static, str>,
    /// One per placeholder.
    pub params: Vec<Param>,
    /// The number of rows it must touch, where it guards the transaction (a lease's epoch, a checkpoint).
    pub expect_rows: Option<u64>,
}

impl Statement {
    /// A statement that may touch any number of rows.
    pub fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params, expect_rows: None }
    }

    /// The transaction is rolled back unless the statement touches exactly `rows` rows.
    #[must_use]
    pub fn expecting(self, rows: u64) -> Self {
        Self { expect_rows: Some(rows), ..self }
    }
}

/// Why nothing of a transaction was written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// A statement with `expect_rows` touched another number of rows, or ran into a row that is there already.
    #[error("statement {statement} of the transaction did not find what it expects")]
    Guard {
        /// Its place in the transaction, from 0.
        statement: usize,
    },
    /// The database is away, or the statement is wrong.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
