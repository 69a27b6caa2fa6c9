//! Database, keys and log: what every subcommand that reads or writes needs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use application::dispatcher::Dispatcher;
use application::ports::checkpoints::Checkpoints;
use application::ports::clock::Clock;
use application::ports::event_log::EventLog;
use application::ports::id_generator::IdGenerator;
use application::ports::job_queue::JobQueue;
use application::ports::read_store::ReadStore;
use application::ports::wakeups::Wakeups;
use infrastructure::checkpoints::DatabaseCheckpoints;
use infrastructure::clock::SystemClock;
use infrastructure::database::{Database, Options};
use infrastructure::event_log::StoredEventLog;
use infrastructure::id_generator::SystemIds;
use infrastructure::job_queue::DatabaseJobQueue;
use infrastructure::read_store::DatabaseReadStore;
use infrastructure::vault::FileVault;
use infrastructure::wakeups::InProcessWakeups;
use projections::runner::{Ports as ProjectionPorts, Runner as ProjectionRunner};

use super::migrations;
use super::ownership::Ownership;
use crate::config::{DataConfig, KeysConfig};

/// How long who waits for work sleeps at most, in case a hint was lost or something became due.
const POLL: Duration = Duration::from_millis(500);

/// What comes from outside the process.
#[derive(Clone)]
pub struct Sources {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Arc<dyn IdGenerator>,
    /// How long who waits for work sleeps at most; real time.
    pub poll: Duration,
}

impl Default for Sources {
    fn default() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self { ids: Arc::new(SystemIds::new(Arc::clone(&clock))), clock, poll: POLL }
    }
}

/// An open store.
#[derive(Clone)]
pub struct Store {
    /// The database.
    pub database: Database,
    /// Keys.
    pub vault: Arc<FileVault>,
    /// Log, clock and ids.
    pub dispatcher: Dispatcher,
    /// Where subscribers have got to.
    pub checkpoints: Arc<dyn Checkpoints>,
    /// Jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Views.
    pub read_store: Arc<dyn ReadStore>,
    /// Wake-ups; a clone is a waiter of its own.
    pub wakeups: InProcessWakeups,
}

/// Where a store lies.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its database.
    pub data: DataConfig,
    /// Its keys.
    pub keys: KeysConfig,
}

impl Place {
    fn key_file(&self) -> PathBuf {
        self.keys.path(&self.data.data_dir)
    }

    /// Makes sure that no hub works on the database file as long as the answer lives. Nothing to hold for PostgreSQL.
    pub fn alone(&self) -> anyhow::Result<Option<Ownership>> {
        self.data.file().map(|file| Ownership::take(&file)).transpose()
    }

    /// Opens the database without looking into it.
    pub async fn database(&self) -> anyhow::Result<Database> {
        if let Some(folder) = self.data.file().as_deref().and_then(std::path::Path::parent) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let options = Options { connections: self.data.database_connections };
        Ok(Database::open_with(&self.data.url(), options).await?)
    }
}

impl Store {
    /// Opens a store. A file is migrated at once, and made with its key file where there is none; a server must have
    /// been migrated. Errors: what is missing, and the command that makes it.
    pub async fn open(place: &Place, sources: Sources) -> anyhow::Result<Self> {
        let fresh = place.data.file().is_some_and(|file| !file.exists());
        let database = place.database().await?;
        if database.is_postgres() {
            let behind = migrations::missing(&database).await?;
            if let Some(first) = behind.first() {
                bail!(
                    "the database lacks {} migrations, from {first} on: run `headwater migrate`",
                    behind.len()
                );
            }
        } else {
            database.migrate().await?;
        }
        let key_file = place.key_file();
        let vault = if fresh {
            FileVault::open_or_create(&key_file, database.clone())?
        } else {
            FileVault::open(&key_file, database.clone())?
        };
        Ok(Self::over(database, Arc::new(vault), sources))
    }

    /// Migrates a database; a new one gets its key file. Answers the migrations that were applied.
    pub async fn migrate(place: &Place) -> anyhow::Result<Vec<String>> {
        let database = place.database().await?;
        let missing = migrations::missing(&database).await?;
        let fresh = migrations::is_fresh(&database).await?;
        database.migrate().await?;
        if fresh {
            FileVault::open_or_create(&place.key_file(), database.clone())?;
        }
        database.close().await;
        Ok(missing)
    }

    fn over(database: Database, vault: Arc<FileVault>, sources: Sources) -> Self {
        let Sources { clock, ids, poll } = sources;
        let wakeups = InProcessWakeups::new(poll);
        let told: Arc<dyn Wakeups> = Arc::new(wakeups.clone());
        let log: Arc<dyn EventLog> =
            Arc::new(StoredEventLog::new(&database, Arc::clone(&vault), Arc::clone(&clock), told));
        Self {
            dispatcher: Dispatcher { log, clock, ids },
            checkpoints: Arc::new(DatabaseCheckpoints::new(database.clone())),
            queue: Arc::new(DatabaseJobQueue::new(database.clone())),
            read_store: Arc::new(DatabaseReadStore::new(database.clone())),
            vault,
            wakeups,
            database,
        }
    }

    /// A runner of every projection; `holder` names this process in leases.
    pub fn projections(&self, holder: &str) -> ProjectionRunner {
        let ports = ProjectionPorts {
            log: Arc::clone(&self.dispatcher.log),
            read_store: Arc::clone(&self.read_store),
            checkpoints: Arc::clone(&self.checkpoints),
            clock: Arc::clone(&self.dispatcher.clock),
            wakeups: self.waiter(),
        };
        ProjectionRunner::new(ports, holder, projections::all())
    }

    /// A waiter of its own.
    pub fn waiter(&self) -> Arc<dyn Wakeups> {
        Arc::new(self.wakeups.clone())
    }
}
