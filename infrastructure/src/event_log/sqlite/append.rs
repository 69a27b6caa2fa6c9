//! Appending: where something may be in the way, read heads and claims under the write lock, drop what is refused,
//! insert the rest.

use application::ports::Unavailable;
use application::ports::event_log::{Appended, Refused};
use chrono::{DateTime, Utc};
use domain::stream::StreamId;
use rusqlite::{Connection, OptionalExtension, Savepoint, params};

use super::super::check::{ClaimEffects, Found};
use super::super::raw::{Batch, COMMANDS_KEPT, Outcome, RawStream, RawUnit, number, stored};
use super::{at_once, claims};
use crate::database::{away, stored_time};

pub(super) const HEAD: &str =
    "SELECT max(sequence) FROM events WHERE aggregate_type = $1 AND aggregate_id = $2";
const LAST_TIME: &str = "SELECT recorded_at FROM events ORDER BY global_position DESC LIMIT 1";
const EVENT: &str =
    "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
    metadata, organization_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const SNAPSHOT: &str = "INSERT INTO snapshots (aggregate_type, aggregate_id, sequence, shape, payload)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (aggregate_type, aggregate_id)
    DO UPDATE SET sequence = excluded.sequence, shape = excluded.shape, payload = excluded.payload";
const KEY: &str = "INSERT INTO subject_keys (organization_id, subject, wrapped) VALUES ($1, $2, $3)";
const COMMAND: &str = "INSERT OR REPLACE INTO commands
    (organization_id, command_id, body_hash, first_position, last_position, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

pub(super) fn append(connection: &mut Connection, batch: &Batch) -> Result<Outcome, Unavailable> {
    if at_once::may(batch) {
        if let Some(outcome) = at_once::append(connection, batch)? {
            return Ok(outcome);
        }
        return Ok(Outcome { conflicted: true, ..checked(connection, batch)? });
    }
    checked(connection, batch)
}

/// Looks first, then writes what may be written.
fn checked(connection: &mut Connection, batch: &Batch) -> Result<Outcome, Unavailable> {
    let transaction = begin(connection)?;
    let mut found = find(&transaction, batch)?;
    let recorded_at = recorded_at(&transaction, batch.now)?;
    let mut answers = Vec::with_capacity(batch.units.len());
    for unit in batch.units.iter() {
        answers.push(match found.check(unit) {
            Err(refused) => Err(refused),
            Ok(effects) => {
                let appended = insert(&transaction, (unit, &effects), &found, (batch.now, &recorded_at));
                found.apply(unit, &effects);
                Ok(appended.map_err(away)?)
            }
        });
    }
    transaction.commit().map_err(away)?;
    let conflicted = answers.iter().any(Result::<Appended, Refused>::is_err);
    Ok(Outcome { answers, conflicted })
}

/// Undone by itself unless it is committed; the transaction around it is the writer's.
pub(super) fn begin(connection: &mut Connection) -> Result<Savepoint<'_>, Unavailable> {
    connection.savepoint().map_err(away)
}

fn find(transaction: &Connection, batch: &Batch) -> Result<Found, Unavailable> {
    let mut found = Found::default();
    let mut heads = transaction.prepare_cached(HEAD).map_err(away)?;
    for unit in batch.units.iter() {
        for append in &unit.streams {
            let key = params![append.stream.kind.as_str(), append.stream.id];
            let head: Option<i64> = heads.query_row(key, |row| row.get(0)).map_err(away)?;
            if let Some(head) = head {
                found.heads.insert(append.stream.clone(), number(head)?);
            }
        }
        claims::find(transaction, unit, batch.now, &mut found)?;
    }
    Ok(found)
}

/// The clock's time, or the last event's where the clock was set back.
pub(super) fn recorded_at(transaction: &Connection, now: DateTime<Utc>) -> Result<String, Unavailable> {
    let mut statement = transaction.prepare_cached(LAST_TIME).map_err(away)?;
    let last: Option<String> = statement.query_row([], |row| row.get(0)).optional().map_err(away)?;
    let now = stored_time(now);
    Ok(last.map_or_else(|| now.clone(), |last| last.max(now.clone())))
}

fn insert(
    transaction: &Connection,
    (unit, effects): (&RawUnit, &ClaimEffects),
    found: &Found,
    (now, recorded_at): (DateTime<Utc>, &str),
) -> rusqlite::Result<Appended> {
    let appended = insert_streams(transaction, unit, recorded_at)?;
    insert_keys(transaction, unit, |stream| !found.has_key(unit.organization, stream))?;
    claims::apply(transaction, effects)?;
    insert_command(transaction, unit, appended, now)?;
    Ok(appended)
}

/// Events and snapshots.
pub(super) fn insert_streams(
    transaction: &Connection,
    unit: &RawUnit,
    recorded_at: &str,
) -> rusqlite::Result<Appended> {
    let organization = unit.organization.to_string();
    let (mut first, mut last) = (i64::MAX, 0);
    for append in &unit.streams {
        let (from, to) = insert_events(transaction, append, &organization, recorded_at)?;
        (first, last) = (first.min(from), last.max(to));
        insert_snapshot(transaction, append)?;
    }
    // SQLite counts rows from 1.
    Ok(Appended { first: first.unsigned_abs(), last: last.unsigned_abs() })
}

pub(super) fn insert_keys(
    transaction: &Connection,
    unit: &RawUnit,
    fresh: impl Fn(&StreamId) -> bool,
) -> rusqlite::Result<()> {
    let organization = unit.organization.to_string();
    let mut statement = transaction.prepare_cached(KEY)?;
    for key in unit.keys.iter().filter(|key| fresh(&key.stream)) {
        statement.execute(params![organization, key.stream.to_string(), key.wrapped])?;
    }
    Ok(())
}

pub(super) fn insert_command(
    transaction: &Connection,
    unit: &RawUnit,
    Appended { first, last }: Appended,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let Some(command) = &unit.command else { return Ok(()) };
    let (organization, id) = (unit.organization.to_string(), command.command_id.to_string());
    let expires = stored_time(now + COMMANDS_KEPT);
    let values = params![organization, id, command.body_hash, stored(first), stored(last), expires];
    transaction.prepare_cached(COMMAND)?.execute(values).map(drop)
}

fn insert_events(
    transaction: &Connection,
    append: &RawStream,
    organization: &str,
    recorded_at: &str,
) -> rusqlite::Result<(i64, i64)> {
    let mut statement = transaction.prepare_cached(EVENT)?;
    let mut first = None;
    for (sequence, event) in (append.expected + 1..).zip(&append.events) {
        let position = statement.insert(params![
            append.stream.kind.as_str(),
            append.stream.id,
            stored(sequence),
            event.event_type,
            event.event_version,
            event.payload,
            event.metadata,
            organization,
            recorded_at,
        ])?;
        first.get_or_insert(position);
    }
    let last = transaction.last_insert_rowid();
    Ok((first.unwrap_or(last), last))
}

fn insert_snapshot(transaction: &Connection, append: &RawStream) -> rusqlite::Result<()> {
    let Some(snapshot) = &append.snapshot else { return Ok(()) };
    let (kind, id) = (append.stream.kind.as_str(), &append.stream.id);
    let sequence = stored(snapshot.sequence);
    let mut statement = transaction.prepare_cached(SNAPSHOT)?;
    statement.execute(params![kind, id, sequence, snapshot.shape, snapshot.payload])?;
    Ok(())
}
