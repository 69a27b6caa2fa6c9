//! Taking due jobs under a lease.

use application::ports::Unavailable;
use application::ports::job_queue::Job;
use chrono::{DateTime, Utc};

use super::sql;
use crate::database::{Database, Row, away, params};
use crate::micros::micros;

/// A fencing token is the job's own number and, in the low bits, the number of its lease: a job that is enqueued anew
/// under an old key has another number, so no lease of its forerunner fits.
pub(super) const LEASES: u64 = 1 << 20;

pub(super) async fn take(
    database: &Database,
    lane: &str,
    limit: usize,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Job>, Unavailable> {
    let sql = if database.is_postgres() { sql::TAKE_POSTGRES } else { sql::TAKE_SQLITE };
    let mut rows = database.write_query(sql, params![lane, micros(now), limit, micros(until)]).await?;
    let order = |row: &Row| Some((row.i64(1).ok()?, row.i64(0).ok()?));
    rows.sort_by_key(order);
    rows.iter().map(job).collect()
}

fn job(row: &Row) -> Result<Job, Unavailable> {
    Ok(Job {
        organization: row.text(2)?.parse().map_err(|_| away("a job names no organization"))?,
        kind: row.text(3)?.to_owned(),
        lane: row.text(4)?.to_owned(),
        key: row.text(5)?.to_owned(),
        payload: row.text(6)?.as_bytes().to_vec(),
        attempts: u32::try_from(row.u64(7)?).unwrap_or(u32::MAX),
        generation: row.u64(8)?,
        epoch: row.u64(0)? * LEASES + row.u64(9)? % LEASES,
    })
}
