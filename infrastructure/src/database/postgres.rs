//! PostgreSQL: a pool for everything, and a few connections of their own for appends and for loads.

use std::str::FromStr;
use std::time::Duration;

use application::ports::Unavailable;
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::query::Query;

use super::away;
use super::row::Row;
use super::statement::{Statement, WriteError};
use super::value::Param;

/// SQLSTATE of a unique violation.
pub(crate) const UNIQUE_VIOLATION: &str = "23505";

/// Connections of appends: one at work, one for its successor while the first is given back.
const APPENDERS: u32 = 2;
/// Connections of loads: two at work, one that is given back.
const LOADERS: u32 = 3;

/// An open PostgreSQL database.
pub struct Postgres {
    pool: PgPool,
    appends: PgPool,
    loads: PgPool,
}

impl Postgres {
    pub(super) async fn open(url: &str, connections: u32) -> Result<Self, Unavailable> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| {
                away("the database URL does not parse: use postgres://user:password@host:port/database")
            })?
            .application_name("headwater")
            .statement_cache_capacity(512)
            .options([("lock_timeout", "30s"), ("idle_in_transaction_session_timeout", "60s")]);
        // Appends and loads look single keys up beside a list of unknown length; a plan made while the tables were empty
        // must not scan them once they are full.
        // With that settled there is one plan, so it is made once: planning costs more than a small batch.
        let by_key = [
            ("enable_seqscan", "off"),
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ];
        let keyed = options.clone().options(by_key);
        let appends = pool(APPENDERS).connect_lazy_with(keyed.clone());
        let loads = pool(LOADERS).connect_lazy_with(keyed);
        let pool = pool(connections).connect_with(options).await.map_err(away)?;
        Ok(Self { pool, appends, loads })
    }

    /// Connections for reads and cold writes.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Connections for appends to the event log.
    pub(crate) fn appends(&self) -> &PgPool {
        &self.appends
    }

    /// Connections for loads of many streams by their ids.
    pub(crate) fn loads(&self) -> &PgPool {
        &self.loads
    }

    pub(super) async fn query(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        let rows = bound(sql, params).fetch_all(&self.pool).await.map_err(away)?;
        rows.iter().map(Row::of_postgres).collect::<Result<_, _>>().map_err(away)
    }

    pub(super) async fn write_all(&self, statements: Vec<Statement>) -> Result<Vec<u64>, WriteError> {
        let mut transaction = self.pool.begin().await.map_err(away)?;
        let mut touched = Vec::with_capacity(statements.len());
        for (place, statement) in statements.into_iter().enumerate() {
            let expected = statement.expect_rows;
            let rows = match bound(&statement.sql, statement.params).execute(&mut *transaction).await {
                Ok(done) => done.rows_affected(),
                Err(error) if expected.is_some() && has_code(&error, UNIQUE_VIOLATION) => {
                    return Err(WriteError::Guard { statement: place });
                }
                Err(error) => return Err(away(error).into()),
            };
            if expected.is_some_and(|expected| expected != rows) {
                return Err(WriteError::Guard { statement: place });
            }
            touched.push(rows);
        }
        transaction.commit().await.map_err(away)?;
        Ok(touched)
    }

    pub(super) async fn close(&self) {
        self.appends.close().await;
        self.loads.close().await;
        self.pool.close().await;
    }
}

/// Whether the database refused with this SQLSTATE.
pub(crate) fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|found| found == code)
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
}

fn bound(sql: &str, params: Vec<Param>) -> Query<'_, sqlx::Postgres, PgArguments> {
    params.into_iter().fold(sqlx::query(sql), Query::bind)
}
