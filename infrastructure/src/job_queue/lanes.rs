//! Which lanes have work, and when.

use application::ports::Unavailable;
use application::ports::job_queue::{DueLane, QueueDepth};
use chrono::{DateTime, Utc};

use super::sql;
use crate::database::{Database, params};
use crate::micros::{micros, time};

/// Jobs counted per lane at most: who picks a lane wants to know that it is long, not how long.
const COUNTED: u64 = 10;

pub(super) async fn due_lanes(database: &Database, now: DateTime<Utc>) -> Result<Vec<DueLane>, Unavailable> {
    let mut lanes: Vec<DueLane> = Vec::new();
    for row in database.query(sql::DUE_LANES, params![micros(now), COUNTED]).await? {
        let (lane, due) = (row.text(0)?, row.u64(1)?);
        match lanes.iter_mut().find(|known| known.lane == lane) {
            _ if due == 0 => {}
            Some(known) => known.due += due,
            None => lanes.push(DueLane { lane: lane.to_owned(), due }),
        }
    }
    Ok(lanes)
}

pub(super) async fn next_due(database: &Database) -> Result<Option<DateTime<Utc>>, Unavailable> {
    let rows = database.query(sql::NEXT_DUE, Vec::new()).await?;
    rows.first().map(|row| row.opt_i64(0)).transpose()?.flatten().map(time).transpose()
}

pub(super) async fn depth(database: &Database) -> Result<QueueDepth, Unavailable> {
    let rows = database.query(sql::DEPTH, Vec::new()).await?;
    let Some(row) = rows.first() else { return Ok(QueueDepth::default()) };
    Ok(QueueDepth { waiting: row.u64(0)?, running: row.u64(1)?, parked: row.u64(2)? })
}
