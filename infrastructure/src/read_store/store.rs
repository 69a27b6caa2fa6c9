//! The port over the tables and views.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use application::ports::checkpoints::{Checkpoint, SaveError};
use application::ports::read_store::{Condition, Query, ReadStore, Row, RowChanges, Table};
use serde_json::Value;

use super::columns::{self, Found};
use super::query::Select;
use super::{postgres, publish, rows, schema, sqlite};
use crate::checkpoints::MOVE;
use crate::database::{self, Backend, Database, away};
use crate::unguarded::unguarded;

type Known = HashMap<String, Arc<Vec<Found>>>;

/// Read models in the database. The first column of a view is the key its pages go by.
#[derive(Clone)]
pub struct DatabaseReadStore {
    database: Database,
    /// Columns of views that were asked for; forgotten when views are made anew.
    known: Arc<Mutex<Known>>,
}

/// The move of a checkpoint that a page comes with.
pub(super) struct Move {
    pub(super) to: i64,
    pub(super) name: String,
    pub(super) position: i64,
    pub(super) epoch: i64,
}

impl Move {
    pub(super) const SQL: &'static str = MOVE;

    fn new(name: &str, from: Checkpoint, to: u64) -> Result<Self, Unavailable> {
        let number = |value: u64| i64::try_from(value).map_err(away);
        let (position, epoch) = (number(from.position)?, number(from.epoch)?);
        Ok(Self { to: number(to)?, name: name.to_owned(), position, epoch })
    }
}

impl DatabaseReadStore {
    /// The read models of `database`.
    pub fn new(database: Database) -> Self {
        Self { database, known: Arc::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn columns(&self, from: &str) -> Result<Arc<Vec<Found>>, Unavailable> {
        if let Some(columns) = self.known().get(from) {
            return Ok(Arc::clone(columns));
        }
        let columns = Arc::new(columns::columns(&self.database, from).await?);
        self.known().insert(from.to_owned(), Arc::clone(&columns));
        Ok(columns)
    }

    /// Runs a select, and once more when it fails: another process may have made the view anew, with other columns.
    async fn select<T>(&self, from: &str, asked: Asked<'_>, read: Read<T>) -> Result<Vec<T>, Unavailable> {
        if let Ok(rows) = self.select_once(from, asked, read).await {
            return Ok(rows);
        }
        self.known().remove(from);
        self.select_once(from, asked, read).await
    }

    async fn select_once<T>(
        &self,
        from: &str,
        asked: Asked<'_>,
        read: Read<T>,
    ) -> Result<Vec<T>, Unavailable> {
        let columns = self.columns(from).await?;
        let select = Select::new(&self.database, from, &columns);
        let (sql, params) = match asked {
            Asked::Page(query) => select.page(query)?,
            Asked::Count(conditions, cap) => select.count(conditions, cap)?,
        };
        let rows = self.database.query(&sql, params).await?;
        rows.iter().map(|row| read(&columns, row)).collect()
    }
}

/// What is asked of a view.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Page(&'a Query),
    Count(&'a [Condition], u64),
}

/// Makes a row into an answer.
type Read<T> = fn(&[Found], &database::Row) -> Result<T, Unavailable>;

#[async_trait::async_trait]
impl ReadStore for DatabaseReadStore {
    async fn prepare(&self, table: &Table, bare: bool) -> Result<(), Unavailable> {
        let postgres = self.database.is_postgres();
        let mut statements = vec![schema::create_table(table, postgres)];
        if !bare {
            statements.extend(schema::create_indexes(table));
        }
        if postgres {
            let docs: Vec<(&str, &str)> =
                table.columns.iter().map(|column| (column.name, column.doc)).collect();
            statements.extend(schema::comments(&table.physical(), &docs));
        }
        self.database.write(statements).await.map_err(unguarded)?;
        Ok(())
    }

    async fn publish(&self, tables: &[Table], views: &[(String, String)]) -> Result<(), Unavailable> {
        publish::publish(&self.database, tables, views).await?;
        self.known().clear();
        Ok(())
    }

    async fn rows(&self, table: &Table, keys: &[String]) -> Result<Vec<Option<Row>>, Unavailable> {
        rows::rows(&self.database, table, keys).await
    }

    async fn write(
        &self,
        name: &str,
        from: Checkpoint,
        to: u64,
        changes: Vec<(Table, RowChanges)>,
    ) -> Result<(), SaveError> {
        if let Some((table, _)) = changes.iter().find(|(table, changes)| !sqlite::fits(table, changes)) {
            return Err(
                away(format!("a row of `{}` has not a cell of its type per column", table.name)).into()
            );
        }
        let moved = Move::new(name, from, to)?;
        let written = match self.database.backend() {
            Backend::Sqlite(database) => sqlite::write(database, moved, changes).await?,
            Backend::Postgres(database) => postgres::write(database, moved, changes).await?,
        };
        if written { Ok(()) } else { Err(SaveError::Fenced { name: name.to_owned() }) }
    }

    async fn query(&self, query: &Query) -> Result<Vec<Value>, Unavailable> {
        self.select(&query.from, Asked::Page(query), columns::object).await
    }

    async fn count(&self, from: &str, conditions: &[Condition], cap: u64) -> Result<u64, Unavailable> {
        let counts = self.select(from, Asked::Count(conditions, cap), |_, row| row.u64(0)).await?;
        Ok(counts.first().copied().unwrap_or_default())
    }
}
