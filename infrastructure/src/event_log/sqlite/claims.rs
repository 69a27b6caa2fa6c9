//! Claims, commands and keys: found for the check, changed after it, and looked up.

use application::ports::Unavailable;
use application::ports::event_log::{Appended, Claimed, CommandRecord, Recognised};
use chrono::{DateTime, Utc};
use domain::claim::{ClaimChange, ClaimKey};
use domain::digest::Tag;
use domain::ids::{CommandId, OrganizationId};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use super::super::check::{ClaimEffects, Found, Seen};
use super::super::raw::{RawUnit, Taken, broken, number, parse_stream, rows};
use crate::database::{away, stored_time};

const HOLDER: &str = "SELECT stream, tag FROM claims WHERE claim = $1";
const TAKE: &str = "INSERT INTO claims (claim, stream, tag) VALUES ($1, $2, $3)
    ON CONFLICT (claim) DO UPDATE SET stream = excluded.stream, tag = excluded.tag";
const RELEASE: &str = "DELETE FROM claims WHERE claim = $1";
const LIST: &str = "SELECT claim, stream, tag FROM claims WHERE claim > $1 ORDER BY claim LIMIT $2";
const COMMAND: &str = "SELECT body_hash, first_position, last_position FROM commands
    WHERE organization_id = $1 AND command_id = $2 AND expires_at > $3";
const PRUNE: &str = "DELETE FROM commands WHERE expires_at <= $1";
const KEY: &str = "SELECT wrapped FROM subject_keys WHERE organization_id = $1 AND subject = $2";

type Held = (String, Option<[u8; 16]>);

/// What is stored of the claims, the command and the keys that `unit` names.
pub(super) fn find(
    connection: &Connection,
    unit: &RawUnit,
    now: DateTime<Utc>,
    found: &mut Found,
) -> Result<(), Unavailable> {
    for write in &unit.claims {
        let (ClaimChange::Take { key, .. } | ClaimChange::Retag { key, .. } | ClaimChange::Release { key }) =
            &write.change;
        if let Some(held) = holder(connection, key)? {
            found.claims.insert(key.clone(), held);
        }
    }
    if let Some((record, appended)) = seen_command(connection, unit, now)? {
        let seen = Seen { body_hash: record.body_hash, appended };
        found.commands.insert((unit.organization, record.command_id), seen);
    }
    for key in &unit.keys {
        let mut statement = connection.prepare_cached(KEY).map_err(away)?;
        let subject = params![unit.organization.to_string(), key.stream.to_string()];
        if let Some(stored) = statement.query_row(subject, |row| row.get(0)).optional().map_err(away)? {
            found.keys.insert((unit.organization, key.stream.clone()), stored);
        }
    }
    Ok(())
}

/// The unit's command, if it was taken before.
pub(super) fn seen_command(
    connection: &Connection,
    unit: &RawUnit,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, Unavailable> {
    match &unit.command {
        Some(asked) => command(connection, unit.organization, asked.command_id, now),
        None => Ok(None),
    }
}

pub(super) fn apply(connection: &Connection, effects: &ClaimEffects) -> rusqlite::Result<()> {
    for (key, held) in effects {
        match held {
            Some(held) => take(connection, key, held)?,
            None => {
                connection.prepare_cached(RELEASE)?.execute([&key.0])?;
            }
        }
    }
    Ok(())
}

fn take(connection: &Connection, key: &ClaimKey, held: &Claimed) -> rusqlite::Result<()> {
    connection.prepare_cached(TAKE)?.execute(params![key.0, held.stream.to_string(), held.tag])?;
    Ok(())
}

fn holder(connection: &Connection, key: &ClaimKey) -> Result<Option<Claimed>, Unavailable> {
    let mut statement = connection.prepare_cached(HOLDER).map_err(away)?;
    let found = statement.query_row([&key.0], |row| held(row, 0)).optional().map_err(away)?;
    found.map(claimed_by).transpose()
}

fn held(row: &Row<'_>, column: usize) -> rusqlite::Result<Held> {
    Ok((row.get(column)?, row.get(column + 1)?))
}

fn claimed_by((stream, tag): Held) -> Result<Claimed, Unavailable> {
    Ok(Claimed { stream: parse_stream(&stream)?, tag })
}

pub(super) fn claimed(
    connection: &mut Connection,
    keys: &[ClaimKey],
) -> Result<Vec<Option<Claimed>>, Unavailable> {
    // One read transaction: taken and given up once, not per key.
    let transaction = connection.transaction().map_err(away)?;
    keys.iter().map(|key| holder(&transaction, key)).collect()
}

pub(super) fn recognise(
    connection: &mut Connection,
    asked: &[(ClaimKey, Option<Tag>)],
) -> Result<Vec<Recognised>, Unavailable> {
    let transaction = connection.transaction().map_err(away)?;
    let mut statement = transaction.prepare_cached(HOLDER).map_err(away)?;
    let mut recognised = Vec::with_capacity(asked.len());
    for (key, tag) in asked {
        let mut rows = statement.query([&key.0]).map_err(away)?;
        recognised.push(match rows.next().map_err(away)? {
            None => Recognised::Not,
            // Whose it is need not be read where the tag is the same.
            Some(row) => match row.get::<_, Option<Tag>>(1).map_err(away)? {
                Some(kept) if Some(kept) == *tag => Recognised::Same,
                _ => Recognised::Changed(claimed_by(held(row, 0).map_err(away)?)?),
            },
        });
    }
    Ok(recognised)
}

pub(super) fn list(
    connection: &Connection,
    after: &[u8],
    limit: usize,
) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
    let mut statement = connection.prepare_cached(LIST).map_err(away)?;
    let found = statement
        .query_map(params![after, rows(limit)], |row| Ok((row.get(0)?, held(row, 1)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<(Vec<u8>, Held)>>>)
        .map_err(away)?;
    found.into_iter().map(|(key, held)| Ok((ClaimKey(key), claimed_by(held)?))).collect()
}

pub(super) fn replace(
    connection: &mut Connection,
    claims: &[(ClaimKey, Claimed)],
) -> Result<(), Unavailable> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(away)?;
    transaction.execute("DELETE FROM claims", []).map_err(away)?;
    for (key, held) in claims {
        take(&transaction, key, held).map_err(away)?;
    }
    transaction.commit().map_err(away)
}

pub(super) fn command(
    connection: &Connection,
    organization: OrganizationId,
    command: CommandId,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, Unavailable> {
    let mut statement = connection.prepare_cached(COMMAND).map_err(away)?;
    let key = params![organization.to_string(), command.to_string(), stored_time(now)];
    let found: Option<(Vec<u8>, i64, i64)> = statement
        .query_row(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
        .map_err(away)?;
    let Some((hash, first, last)) = found else { return Ok(None) };
    let body_hash = hash.try_into().map_err(|_| broken("a stored body hash is not 32 bytes long"))?;
    let appended = Appended { first: number(first)?, last: number(last)? };
    Ok(Some((CommandRecord { command_id: command, body_hash }, appended)))
}

pub(super) fn prune_commands(connection: &Connection, now: DateTime<Utc>) -> Result<(), Unavailable> {
    connection.execute(PRUNE, [stored_time(now)]).map_err(away)?;
    Ok(())
}
