//! The port over the tables.

use application::ports::Unavailable;
use application::ports::checkpoints::{Checkpoint, Checkpoints, Instance, Save, SaveError};
use chrono::{DateTime, Utc};

use super::{instances, save};
use crate::database::{Database, params};
use crate::micros::{micros, time};

// Another holder gets a new epoch, which fences the old one off; one's own renewal keeps it.
const LEASE: &str = "INSERT INTO checkpoints (name, position, holder, epoch, lease_until) VALUES ($1, 0, $2, 1, $4)
    ON CONFLICT (name) DO UPDATE SET
        epoch = CASE WHEN checkpoints.holder = excluded.holder THEN checkpoints.epoch ELSE checkpoints.epoch + 1 END,
        holder = excluded.holder, lease_until = excluded.lease_until
    WHERE checkpoints.holder = excluded.holder OR checkpoints.lease_until <= $3
    RETURNING position, epoch";
const LIST: &str = "SELECT name, position FROM checkpoints ORDER BY name";

/// Checkpoints and process-manager state in the database.
#[derive(Clone)]
pub struct DatabaseCheckpoints(Database);

impl DatabaseCheckpoints {
    /// The checkpoints of `database`.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait::async_trait]
impl Checkpoints for DatabaseCheckpoints {
    async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Checkpoint>, Unavailable> {
        let rows = self.0.write_query(LEASE, params![name, holder, micros(now), micros(until)]).await?;
        let checkpoint = rows.first().map(|row| Ok(Checkpoint { position: row.u64(0)?, epoch: row.u64(1)? }));
        checkpoint.transpose()
    }

    async fn list(&self) -> Result<Vec<(String, u64)>, Unavailable> {
        let rows = self.0.query(LIST, Vec::new()).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.u64(1)?))).collect()
    }

    async fn save(&self, name: &str, from: Checkpoint, to: u64, save: Save) -> Result<(), SaveError> {
        save::save(&self.0, name, (from, to), save).await
    }

    async fn instances(&self, name: &str, keys: &[String]) -> Result<Vec<Option<Instance>>, Unavailable> {
        instances::by_key(&self.0, name, keys).await
    }

    async fn by_index(
        &self,
        name: &str,
        index: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Instance>, Unavailable> {
        // Every key comes after the empty text.
        let params = params![name, index, after.unwrap_or_default(), limit];
        instances::select(&self.0, instances::BY_INDEX, params).await
    }

    async fn due(&self, name: &str, now: DateTime<Utc>, limit: usize) -> Result<Vec<Instance>, Unavailable> {
        instances::select(&self.0, instances::DUE, params![name, micros(now), limit]).await
    }

    async fn next_wake(&self, name: &str) -> Result<Option<DateTime<Utc>>, Unavailable> {
        let rows = self.0.query(instances::NEXT_WAKE, params![name]).await?;
        rows.first().map(|row| row.opt_i64(0)).transpose()?.flatten().map(time).transpose()
    }

    async fn all(&self, name: &str) -> Result<Vec<Instance>, Unavailable> {
        instances::select(&self.0, instances::ALL, params![name]).await
    }
}
