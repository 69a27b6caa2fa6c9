//! Webhooks that were not taken, in two small tables.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use application::ports::rejections::{Rejected, RejectionLog, Rejections};
use chrono::{DateTime, TimeDelta, Utc};

use crate::database::{Database, Statement, WriteError, params};
use crate::micros::{micros, time};

/// Rejections kept one by one.
const KEPT: usize = 1_000;
/// How often the tables are written at most.
const PACE: TimeDelta = TimeDelta::seconds(1);

const COUNT: &str = "INSERT INTO webhook_rejection_counts (reason, total) VALUES ($1, $2)
    ON CONFLICT (reason) DO UPDATE SET total = webhook_rejection_counts.total + excluded.total";
const KEEP: &str = "INSERT INTO webhook_rejections (provider, reason, size, at) VALUES ($1, $2, $3, $4)";
const FORGET: &str =
    "DELETE FROM webhook_rejections WHERE seq <= (SELECT max(seq) FROM webhook_rejections) - $1";
const COUNTS: &str = "SELECT reason, total FROM webhook_rejection_counts";
const LAST: &str = "SELECT provider, reason, size, at FROM webhook_rejections ORDER BY seq DESC LIMIT $1";

/// What is not written yet.
#[derive(Debug, Default)]
struct Pending {
    counts: BTreeMap<&'static str, i64>,
    last: VecDeque<Rejected>,
    written: Option<DateTime<Utc>>,
}

/// Rejections in the database.
pub struct DatabaseRejections {
    database: Database,
    pending: Mutex<Pending>,
}

impl DatabaseRejections {
    /// The rejections of `database`.
    pub fn new(database: Database) -> Self {
        Self { database, pending: Mutex::default() }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to what is to be written; whether the pace allows to write now.
    fn add(&self, rejected: Rejected) -> bool {
        let mut pending = self.pending();
        let at = rejected.at;
        *pending.counts.entry(rejected.reason).or_default() += 1;
        if pending.last.len() == KEPT {
            pending.last.pop_front();
        }
        pending.last.push_back(rejected);
        let due = pending.written.is_none_or(|written| (at - written).abs() >= PACE);
        if due {
            pending.written = Some(at);
        }
        due
    }

    async fn write(&self) -> Result<(), Unavailable> {
        let (counts, last) = {
            let mut pending = self.pending();
            (std::mem::take(&mut pending.counts), std::mem::take(&mut pending.last))
        };
        if counts.is_empty() {
            return Ok(());
        }
        let mut statements: Vec<Statement> =
            counts.iter().map(|(reason, count)| Statement::new(COUNT, params![*reason, *count])).collect();
        statements.extend(last.iter().map(|one| {
            let size = i64::try_from(one.size).unwrap_or(i64::MAX);
            Statement::new(KEEP, params![&one.provider, one.reason, size, micros(one.at)])
        }));
        statements.push(Statement::new(FORGET, params![i64::try_from(KEPT).unwrap_or(i64::MAX)]));
        match self.database.write(statements).await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.give_back(counts);
                match error {
                    WriteError::Unavailable(away) => Err(away),
                    WriteError::Guard { .. } => Err(crate::database::away(error)),
                }
            }
        }
    }

    /// The numbers wait for the next time; the single ones are lost.
    fn give_back(&self, counts: BTreeMap<&'static str, i64>) {
        let mut pending = self.pending();
        for (reason, count) in counts {
            *pending.counts.entry(reason).or_default() += count;
        }
    }
}

#[async_trait::async_trait]
impl RejectionLog for DatabaseRejections {
    async fn note(&self, rejected: Rejected) {
        if self.add(rejected)
            && let Err(away) = self.write().await
        {
            tracing::warn!(%away, "rejected webhooks could not be counted yet");
        }
    }

    async fn shown(&self, limit: usize) -> Result<Rejections, Unavailable> {
        self.write().await?;
        let mut shown = Rejections::default();
        for row in self.database.query(COUNTS, Vec::new()).await? {
            shown.counts.insert(row.text(0)?.to_owned(), row.u64(1)?);
        }
        let limit = i64::try_from(limit.min(KEPT)).unwrap_or(i64::MAX);
        for row in self.database.query(LAST, params![limit]).await? {
            let (provider, reason) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            shown.last.push((provider, reason, row.u64(2)?, time(row.i64(3)?)?));
        }
        Ok(shown)
    }
}
