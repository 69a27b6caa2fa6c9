//! SQLite: one writer connection on its own thread, appends first, and a few read-only connections.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::away;
use super::row::Row;
use super::statement::{Statement, WriteError};
use super::value::Param;
use writer::{Order, Writer};

#[cfg(test)]
mod tests;
mod writer;

/// Readers at once; each holds a connection with its own page cache.
const READERS: usize = 4;
/// Statements kept prepared per connection.
const STATEMENTS: usize = 256;

const WRITER_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000;
    PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000;";
/// No memory map: each reader's own would count as this process's memory, and a long log does not fit into any.
const READER_SETTINGS: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;
    PRAGMA busy_timeout = 30000;";

/// An open SQLite file.
pub struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    // Goes with the database when it is a temporary one.
    _folder: Option<tempfile::TempDir>,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Sqlite {
    /// Opens (or makes) the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Unavailable> {
        Self::start(path.to_owned(), None)
    }

    /// A database in a temporary folder that goes when it is dropped.
    pub(super) fn temporary() -> Result<Self, Unavailable> {
        let folder = tempfile::tempdir().map_err(away)?;
        Self::start(folder.path().join("headwater.db"), Some(folder))
    }

    fn start(path: PathBuf, folder: Option<tempfile::TempDir>) -> Result<Self, Unavailable> {
        let named = |error: rusqlite::Error| away(format!("{}: {error}", path.display()));
        let connection = Connection::open(&path).map_err(named)?;
        connection.execute_batch(WRITER_SETTINGS).map_err(named)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let writer = Arc::new(Writer::default());
        let queue = Arc::clone(&writer);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || queue.serve(connection))
            .map_err(away)?;
        let readers = Readers { path, idle: Mutex::default(), permits: Semaphore::new(READERS) };
        Ok(Self { writer, readers: Arc::new(readers), _folder: folder })
    }

    /// Runs `job` on the writer connection, before every other kind of write that waits. It shares a transaction with what
    /// else waits, and undoes its own part by a savepoint.
    pub async fn append<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.writer.together(Order::First, job).await?
    }

    /// Runs `job`, which undoes its own part by a savepoint, on the writer connection; a `large` one in a transaction of
    /// its own, so that nothing small waits for its commit.
    pub async fn page<T: Send + 'static>(
        &self,
        large: bool,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.writer.together(if large { Order::ByItself } else { Order::Then }, job).await?
    }

    /// Runs `job`, which brings its own transaction, on the writer connection.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.writer.alone(job).await?
    }

    /// Runs `job` on a read-only connection, off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let readers = Arc::clone(&self.readers);
        let _permit = self.readers.permits.acquire().await.map_err(away)?;
        let work = move || {
            let mut connection = readers.take()?;
            let answer = job(&mut connection);
            locked(&readers.idle).push(connection);
            answer
        };
        tokio::task::spawn_blocking(work).await.map_err(away)?
    }

    pub(super) async fn query(&self, sql: String, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        self.read(move |connection| rows(connection, &sql, &params).map_err(away)).await
    }

    pub(super) async fn write_query(&self, sql: String, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        let write = move |connection: &mut Connection| rows(connection, &sql, &params).map_err(away);
        self.writer.together(Order::Then, write).await?
    }

    pub(super) async fn write_all(&self, statements: Vec<Statement>) -> Result<Vec<u64>, WriteError> {
        let write = move |connection: &mut Connection| all_or_none(connection, &statements);
        self.writer.together(Order::Then, write).await?
    }

    /// Finishes what is queued and stops the writer.
    pub(super) async fn close(&self) {
        let _ = self.writer.alone(|_| ()).await;
        self.writer.close();
        locked(&self.readers.idle).clear();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writer.close();
    }
}

impl Readers {
    fn take(&self) -> Result<Connection, Unavailable> {
        if let Some(connection) = locked(&self.idle).pop() {
            return Ok(connection);
        }
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(away)?;
        connection.execute_batch(READER_SETTINGS).map_err(away)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Binds by number, so that `$2` may come before `$1`.
fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Param]) -> rusqlite::Result<()> {
    for (place, param) in params.iter().enumerate() {
        let name = format!("${}", place + 1);
        let index = statement.parameter_index(&name)?.ok_or(rusqlite::Error::InvalidParameterName(name))?;
        statement.raw_bind_parameter(index, param)?;
    }
    Ok(())
}

fn rows(connection: &Connection, sql: &str, params: &[Param]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    bind(&mut statement, params)?;
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(Row::of_sqlite(row, columns)?);
    }
    Ok(rows)
}

fn all_or_none(connection: &mut Connection, statements: &[Statement]) -> Result<Vec<u64>, WriteError> {
    let savepoint = connection.savepoint().map_err(away)?;
    let mut touched = Vec::with_capacity(statements.len());
    for (place, statement) in statements.iter().enumerate() {
        let guarded = statement.expect_rows.is_some();
        let rows = match execute(&savepoint, statement) {
            Ok(rows) => rows,
            Err(error) if guarded && is_taken(&error) => return Err(WriteError::Guard { statement: place }),
            Err(error) => return Err(away(error).into()),
        };
        if statement.expect_rows.is_some_and(|expected| expected != rows) {
            return Err(WriteError::Guard { statement: place });
        }
        touched.push(rows);
    }
    savepoint.commit().map_err(away)?;
    Ok(touched)
}

fn execute(connection: &Connection, statement: &Statement) -> rusqlite::Result<u64> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    bind(&mut prepared, &statement.params)?;
    prepared.raw_execute().map(|rows| rows as u64)
}

fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE))
}
