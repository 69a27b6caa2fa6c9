//! Enqueuing: by itself, or within another transaction.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::job_queue::NewJob;
use serde::Serialize;

use super::sql;
use crate::database::{Param, Statement, away};
use crate::micros::micros;

/// A job as the statement takes it, one JSON object each.
#[derive(Serialize)]
struct Incoming<'a> {
    kind: &'a str,
    key: &'a str,
    organization: String,
    lane: &'a str,
    payload: &'a str,
    not_before: i64,
    place: usize,
}

/// The statement that enqueues `jobs`, for a transaction of one's own; `None` without jobs.
pub(crate) fn enqueue(postgres: bool, jobs: &[NewJob]) -> Result<Option<Statement>, Unavailable> {
    if jobs.is_empty() {
        return Ok(None);
    }
    let sql = if postgres { sql::ENQUEUE_POSTGRES } else { sql::ENQUEUE_SQLITE };
    let rows = serde_json::to_string(&distinct(jobs)?).map_err(away)?;
    Ok(Some(Statement::new(sql, vec![Param::Text(rows)])))
}

/// One row per (kind, key), for a statement may not meet a row twice: the newest content at the earliest time.
fn distinct(jobs: &[NewJob]) -> Result<Vec<Incoming<'_>>, Unavailable> {
    let mut rows: Vec<Incoming<'_>> = Vec::with_capacity(jobs.len());
    let mut places = HashMap::with_capacity(jobs.len());
    for job in jobs {
        let place = *places.entry((&job.kind, &job.key)).or_insert(rows.len());
        let mut row = incoming(job, place)?;
        match rows.get_mut(place) {
            None => rows.push(row),
            Some(earlier) => {
                row.not_before = row.not_before.min(earlier.not_before);
                *earlier = row;
            }
        }
    }
    Ok(rows)
}

fn incoming(job: &NewJob, place: usize) -> Result<Incoming<'_>, Unavailable> {
    Ok(Incoming {
        kind: &job.kind,
        key: &job.key,
        organization: job.organization.to_string(),
        lane: &job.lane,
        payload: std::str::from_utf8(&job.payload).map_err(|_| away("a job's payload is not text"))?,
        not_before: micros(job.not_before),
        place,
    })
}
