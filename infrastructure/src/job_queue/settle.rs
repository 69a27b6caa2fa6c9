//! What becomes of jobs that ran.

use application::ports::Unavailable;
use application::ports::job_queue::{Job, Settled};
use serde::Serialize;

use super::sql;
use super::take::LEASES;
use crate::database::{Database, Statement, away, params};
use crate::micros::micros;
use crate::unguarded::unguarded;

/// A settled job as the statements take it.
#[derive(Serialize)]
struct SettledRow<'a> {
    enqueued: u64,
    epoch: u64,
    generation: u64,
    outcome: &'static str,
    at: Option<i64>,
    reason: Option<&'a str>,
}

impl<'a> SettledRow<'a> {
    fn new(job: &Job, settled: &'a Settled) -> Self {
        let (outcome, at, reason) = match settled {
            Settled::Done => ("done", None, None),
            Settled::RetryAt(at, reason) => ("retry", Some(micros(*at)), Some(reason.as_str())),
            Settled::Untried(reason) => ("untried", None, Some(reason.as_str())),
            Settled::Park(reason) => ("park", None, Some(reason.as_str())),
        };
        let (enqueued, epoch) = (job.epoch / LEASES, job.epoch % LEASES);
        Self { enqueued, epoch, generation: job.generation, outcome, at, reason }
    }
}

pub(super) async fn settle(database: &Database, outcomes: &[(Job, Settled)]) -> Result<(), Unavailable> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let outcomes: Vec<SettledRow<'_>> =
        outcomes.iter().map(|(job, settled)| SettledRow::new(job, settled)).collect();
    let rows = serde_json::to_string(&outcomes).map_err(away)?;
    let mut statements = Vec::new();
    let postgres = database.is_postgres();
    let numbers: Vec<i64> = outcomes.iter().filter_map(|each| i64::try_from(each.enqueued).ok()).collect();
    let with_numbers = |rows: String| if postgres { params![rows, numbers.clone()] } else { params![rows] };
    if postgres {
        statements.push(Statement::new(sql::LOCK_POSTGRES, params![numbers.clone()]));
    }
    let (forget, give_back) = if postgres {
        (sql::FORGET_POSTGRES, sql::GIVE_BACK_POSTGRES)
    } else {
        (sql::FORGET_SQLITE, sql::GIVE_BACK_SQLITE)
    };
    if outcomes.iter().any(|each| each.outcome == "done") {
        statements.push(Statement::new(forget, with_numbers(rows.clone())));
    }
    statements.push(Statement::new(give_back, with_numbers(rows)));
    database.write(statements).await.map_err(unguarded)?;
    Ok(())
}
