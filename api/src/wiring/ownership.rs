//! Embedded mode: one process works on a database file at a time, proven by a lock of the operating system.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use anyhow::{Context as _, bail};
use application::ports::Unavailable;
use infrastructure::database::{Database, Statement};

/// Leases of a process that is gone. Epochs stay, so that whatever it still wrote would be fenced off.
const TAKE_OVER: [&str; 3] = [
    "UPDATE jobs SET lease_until = NULL WHERE lease_until IS NOT NULL",
    "UPDATE checkpoints SET lease_until = 0 WHERE lease_until <> 0",
    "UPDATE refresh_leases SET lease_until = 0 WHERE lease_until <> 0",
];

/// Held as long as the process works on the file; the system ends it with the process, however that ends.
#[derive(Debug)]
pub struct Ownership(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl Ownership {
    /// Takes the file beside `database_file`. Errors: another process has it.
    pub(super) fn take(database_file: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = database_file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let mut name = database_file.as_os_str().to_owned();
        name.push(".lock");
        let path = Path::new(&name);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                bail!("another hub works on {}: stop it first", database_file.display())
            }
            Err(TryLockError::Error(error)) => Err(error).context("the database file cannot be locked"),
        }
    }

    /// Ends the leases that the last owner left, so that its work goes on at once.
    pub(super) async fn take_over(&self, database: &Database) -> Result<(), Unavailable> {
        let statements = TAKE_OVER.map(|sql| Statement::new(sql, Vec::new())).to_vec();
        database.write(statements).await.map(|_| ()).map_err(|error| Unavailable::new("database", error))
    }
}
