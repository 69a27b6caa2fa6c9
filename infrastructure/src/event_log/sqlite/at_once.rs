//! Appending without a look first: what is new is only inserted, and the tables' own keys say whether it was.

use application::ports::Unavailable;
use application::ports::event_log::Appended;
use domain::claim::ClaimChange;
use rusqlite::{Connection, ErrorCode, params};

use super::super::raw::{Batch, Outcome, RawUnit, stored};
use super::append::{HEAD, begin, insert_command, insert_keys, insert_streams, recorded_at};
use super::claims;
use crate::database::away;

const TAKE: &str = "INSERT INTO claims (claim, stream, tag) VALUES ($1, $2, $3)";
const RETAG: &str = "UPDATE claims SET tag = $3 WHERE claim = $1 AND stream = $2";

/// Whether the batch can go without a look: it releases no claim.
pub(super) fn may(batch: &Batch) -> bool {
    let mut changes = batch.units.iter().flat_map(|unit| &unit.claims).map(|write| &write.change);
    !batch.careful && !changes.any(|change| matches!(change, ClaimChange::Release { .. }))
}

/// `None` when something was in the way; then nothing is stored.
pub(super) fn append(connection: &mut Connection, batch: &Batch) -> Result<Option<Outcome>, Unavailable> {
    let transaction = begin(connection)?;
    let recorded_at = recorded_at(&transaction, batch.now)?;
    let mut answers = Vec::with_capacity(batch.units.len());
    for unit in batch.units.iter() {
        if claims::seen_command(&transaction, unit, batch.now)?.is_some() {
            return Ok(None);
        }
        match insert(&transaction, unit, batch, &recorded_at) {
            Ok(Some(appended)) => answers.push(Ok(appended)),
            Ok(None) => return Ok(None),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Ok(None);
            }
            Err(error) => return Err(away(error)),
        }
    }
    transaction.commit().map_err(away)?;
    Ok(Some(Outcome { answers, conflicted: false }))
}

fn insert(
    transaction: &Connection,
    unit: &RawUnit,
    batch: &Batch,
    recorded_at: &str,
) -> rusqlite::Result<Option<Appended>> {
    let mut heads = transaction.prepare_cached(HEAD)?;
    for append in unit.streams.iter().filter(|append| append.expected > 0) {
        let key = params![append.stream.kind.as_str(), append.stream.id];
        let head: Option<i64> = heads.query_row(key, |row| row.get(0))?;
        if head != Some(stored(append.expected)) {
            return Ok(None);
        }
    }
    let appended = insert_streams(transaction, unit, recorded_at)?;
    insert_keys(transaction, unit, |_| true)?;
    if !take(transaction, unit)? {
        return Ok(None);
    }
    insert_command(transaction, unit, appended, batch.now)?;
    Ok(Some(appended))
}

/// Whether every claim was free, and every one that gets another tag is held by its stream.
fn take(transaction: &Connection, unit: &RawUnit) -> rusqlite::Result<bool> {
    for write in &unit.claims {
        let stream = write.stream.to_string();
        match &write.change {
            ClaimChange::Take { key, tag } => {
                transaction.prepare_cached(TAKE)?.execute(params![key.0, stream, tag])?;
            }
            ClaimChange::Retag { key, tag } => {
                if transaction.prepare_cached(RETAG)?.execute(params![key.0, stream, tag])? == 0 {
                    return Ok(false);
                }
            }
            ClaimChange::Release { .. } => return Ok(false),
        }
    }
    Ok(true)
}
