//! Saving a page's work: state, jobs and the new position, all or nothing.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::checkpoints::{Checkpoint, Save, SaveError, StateChange};
use serde::Serialize;

use crate::database::{Database, Param, Statement, WriteError, away, params};
use crate::job_queue;
use crate::micros::micros;

/// The guard of every save: moves the checkpoint, and touches no row when another holder took it over.
pub(crate) const MOVE: &str =
    "UPDATE checkpoints SET position = $1 WHERE name = $2 AND position = $3 AND epoch = $4";

macro_rules! put {
    ($from:literal) => {
        concat!(
            "INSERT INTO process_state (name, key, index_key, wake_at, state)
             SELECT $1, key, index_key, wake_at, state FROM ",
            $from,
            " ON CONFLICT (name, key) DO UPDATE SET
                 index_key = excluded.index_key, wake_at = excluded.wake_at, state = excluded.state"
        )
    };
}

const PUT_SQLITE: &str = put!(
    "(SELECT value ->> 'key' AS key, value ->> 'index_key' AS index_key, value ->> 'wake_at' AS wake_at,
        value ->> 'state' AS state FROM json_each($2)) AS n WHERE true"
);
const PUT_POSTGRES: &str =
    put!("jsonb_to_recordset($2::jsonb) AS n (key text, index_key text, wake_at bigint, state text)");

/// An instance as the statement takes it.
#[derive(Serialize)]
struct Put<'a> {
    key: &'a str,
    index_key: Option<&'a str>,
    wake_at: Option<i64>,
    state: &'a str,
}

pub(super) async fn save(
    database: &Database,
    name: &str,
    (from, to): (Checkpoint, u64),
    save: Save,
) -> Result<(), SaveError> {
    let moved = Statement::new(MOVE, params![to, name, from.position, from.epoch]);
    let mut statements = vec![moved.expecting(1)];
    statements.extend(changes(database, name, &save.changes)?);
    statements.extend(job_queue::enqueue(database.is_postgres(), &save.jobs)?);
    match database.write(statements).await {
        Ok(_) => Ok(()),
        Err(WriteError::Guard { .. }) => Err(SaveError::Fenced { name: name.to_owned() }),
        Err(WriteError::Unavailable(unavailable)) => Err(unavailable.into()),
    }
}

/// The last change of each key counts.
fn changes(database: &Database, name: &str, changes: &[StateChange]) -> Result<Vec<Statement>, Unavailable> {
    let last: HashMap<&str, &StateChange> = changes.iter().map(|change| (key(change), change)).collect();
    let (mut puts, mut deletes) = (Vec::new(), Vec::new());
    for (key, change) in last {
        match change {
            StateChange::Delete { .. } => deletes.push(key.to_owned()),
            StateChange::Put { index, wake_at, state, .. } => puts.push(Put {
                key,
                index_key: index.as_deref(),
                wake_at: wake_at.map(micros),
                state: std::str::from_utf8(state).map_err(|_| away("a state is not text"))?,
            }),
        }
    }
    let mut statements = Vec::new();
    if !deletes.is_empty() {
        let sql = format!("DELETE FROM process_state WHERE name = $1 AND {}", database.any_of("key", "$2"));
        statements.push(Statement::new(sql, params![name, deletes]));
    }
    if !puts.is_empty() {
        let sql = if database.is_postgres() { PUT_POSTGRES } else { PUT_SQLITE };
        let rows = serde_json::to_string(&puts).map_err(away)?;
        statements.push(Statement::new(sql, vec![name.into(), Param::Text(rows)]));
    }
    Ok(statements)
}

fn key(change: &StateChange) -> &str {
    match change {
        StateChange::Put { key, .. } | StateChange::Delete { key } => key,
    }
}
