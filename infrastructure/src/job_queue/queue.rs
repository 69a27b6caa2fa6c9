//! The port over the table.

use application::ports::Unavailable;
use application::ports::job_queue::{DueLane, Job, JobQueue, NewJob, QueueDepth, Settled};
use chrono::{DateTime, Utc};

use super::{lanes, settle, sql, take};
use crate::database::{Database, params};
use crate::unguarded::unguarded;

/// The job queue in the database.
///
/// Where the port leaves it open: a job enqueued again while it waits keeps its place and takes the newest payload and
/// the earlier time; enqueued again after it was parked, it waits again with its attempts forgotten. Lanes are counted
/// up to 10 due jobs. A job whose lease is over counts as running until it is taken again.
#[derive(Clone)]
pub struct DatabaseJobQueue(Database);

impl DatabaseJobQueue {
    /// The queue of `database`.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait::async_trait]
impl JobQueue for DatabaseJobQueue {
    async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<(), Unavailable> {
        let statement = super::enqueue(self.0.is_postgres(), &jobs)?;
        self.0.write(statement.into_iter().collect()).await.map_err(unguarded)?;
        Ok(())
    }

    async fn due_lanes(&self, now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
        lanes::due_lanes(&self.0, now).await
    }

    async fn take(
        &self,
        lane: &str,
        limit: usize,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Job>, Unavailable> {
        take::take(&self.0, lane, limit, (now, until)).await
    }

    async fn settle(&self, outcomes: Vec<(Job, Settled)>) -> Result<(), Unavailable> {
        settle::settle(&self.0, &outcomes).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, Unavailable> {
        lanes::next_due(&self.0).await
    }

    async fn depth(&self) -> Result<QueueDepth, Unavailable> {
        lanes::depth(&self.0).await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<(String, String, String)>, Unavailable> {
        let rows = self.0.query(sql::PARKED, params![limit]).await?;
        let parked = rows.iter().map(|row| {
            let reason = row.opt_text(2)?.unwrap_or_default();
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), reason.to_owned()))
        });
        parked.collect()
    }
}
