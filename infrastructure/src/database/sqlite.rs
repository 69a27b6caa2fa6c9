//! SQLite: one writer connection on its own thread, appends first, and a few read-only connections.

mod together;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, oneshot};

use self::together::{Small, small};
use super::away;
use super::row::Row;
use super::statement::{Statement, WriteError};
use super::value::Param;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Readers at once; each holds a connection with its own page cache.
const READERS: usize = 4;
/// Small writes in one transaction, at most.
const TOGETHER: usize = 128;
const STOPPED: &str = "the writer stopped before the answer; what it wrote is unknown";
/// Statements kept prepared per connection.
const STATEMENTS: usize = 256;

const WRITER_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000;
    PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000;";
/// No memory map: each reader's own would count as this process's memory, and a long log does not fit into any.
const READER_SETTINGS: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -6144; PRAGMA temp_store = MEMORY;
    PRAGMA busy_timeout = 30000;";

/// An open SQLite file.
pub struct Sqlite {
    writer: Arc<Queue>,
    readers: Arc<Readers>,
    // Goes with the database when it is a temporary one.
    _folder: Option<tempfile::TempDir>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<Waiting>,
    ready: Condvar,
}

#[derive(Default)]
struct Waiting {
    appends: VecDeque<Job>,
    others: VecDeque<Other>,
    closed: bool,
}

/// A write that is no append.
enum Other {
    /// One with transactions of its own.
    Alone(Job),
    /// One that goes together with its neighbours.
    Small(Small),
}

/// What the writer does next.
enum Next {
    Job(Job),
    Together(Vec<Small>),
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
        let writer = Arc::new(Queue::default());
        let queue = Arc::clone(&writer);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || queue.serve(connection))
            .map_err(away)?;
        let readers = Readers { path, idle: Mutex::default(), permits: Semaphore::new(READERS) };
        Ok(Self { writer, readers: Arc::new(readers), _folder: folder })
    }

    /// Runs `job` on the writer connection, before every other kind of write that waits.
    pub async fn append<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.on_writer(true, job).await?
    }

    /// Runs `job` on the writer connection.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.on_writer(false, job).await?
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

    async fn on_writer<T: Send + 'static>(
        &self,
        append: bool,
        job: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = reply.send(job(connection));
        });
        if append {
            self.writer.push_append(job);
        } else {
            self.writer.push_other(Other::Alone(job));
        }
        answer.await.map_err(|_| away(STOPPED))
    }

    pub(super) async fn query(&self, sql: String, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        self.read(move |connection| rows(connection, &sql, &params).map_err(away)).await
    }

    pub(super) async fn write_query(&self, sql: String, params: Vec<Param>) -> Result<Vec<Row>, Unavailable> {
        self.together(move |connection| rows(connection, &sql, &params).map_err(away)).await
    }

    pub(super) async fn write_all(&self, statements: Vec<Statement>) -> Result<Vec<u64>, WriteError> {
        self.together(move |connection| written(connection, &statements)).await
    }

    /// Runs `job` on the writer connection, in one transaction with other small ones that wait.
    async fn together<T, E>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let (small, answer) = small(job);
        self.writer.push_other(Other::Small(small));
        answer.await.map_err(|_| away(STOPPED))?
    }

    /// Finishes what is queued and stops the writer.
    pub(super) async fn close(&self) {
        let _ = self.on_writer(false, |_| ()).await;
        self.writer.close();
        locked(&self.readers.idle).clear();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writer.close();
    }
}

impl Queue {
    fn push_append(&self, job: Job) {
        let mut waiting = locked(&self.state);
        if !waiting.closed {
            waiting.appends.push_back(job);
            self.ready.notify_one();
        }
    }

    fn push_other(&self, other: Other) {
        let mut waiting = locked(&self.state);
        if !waiting.closed {
            waiting.others.push_back(other);
            self.ready.notify_one();
        }
    }

    fn close(&self) {
        locked(&self.state).closed = true;
        self.ready.notify_one();
    }

    fn next(&self) -> Option<Next> {
        let mut waiting = locked(&self.state);
        loop {
            if let Some(job) = waiting.appends.pop_front() {
                return Some(Next::Job(job));
            }
            match waiting.others.pop_front() {
                Some(Other::Alone(job)) => return Some(Next::Job(job)),
                Some(Other::Small(first)) => return Some(Next::Together(waiting.with_neighbours(first))),
                None if waiting.closed => return None,
                None => waiting = self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn serve(&self, mut connection: Connection) {
        while let Some(next) = self.next() {
            let work = AssertUnwindSafe(|| match next {
                Next::Job(job) => job(&mut connection),
                Next::Together(all) => together::run(&mut connection, all),
            });
            // What panics rolled its transaction back; whoever asked sees the answer missing.
            if catch_unwind(work).is_err() {
                tracing::error!("a write job panicked");
            }
        }
    }
}

impl Waiting {
    /// The small writes that wait right behind `first`.
    fn with_neighbours(&mut self, first: Small) -> Vec<Small> {
        let mut all = vec![first];
        while all.len() < TOGETHER
            && let Some(Other::Small(_)) = self.others.front()
            && let Some(Other::Small(next)) = self.others.pop_front()
        {
            all.push(next);
        }
        all
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

/// Within a transaction.
fn written(connection: &Connection, statements: &[Statement]) -> Result<Vec<u64>, WriteError> {
    let mut touched = Vec::with_capacity(statements.len());
    for (place, statement) in statements.iter().enumerate() {
        let guarded = statement.expect_rows.is_some();
        let rows = match execute(connection, statement) {
            Ok(rows) => rows,
            Err(error) if guarded && is_taken(&error) => return Err(WriteError::Guard { statement: place }),
            Err(error) => return Err(away(error).into()),
        };
        if statement.expect_rows.is_some_and(|expected| expected != rows) {
            return Err(WriteError::Guard { statement: place });
        }
        touched.push(rows);
    }
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
