//! What is stored of the things a batch names, read under the lock.

use application::ports::Unavailable;
use application::ports::event_log::{Appended, Claimed};
use domain::claim::{ClaimChange, ClaimKey};
use domain::ids::CommandId;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use super::super::check::{Found, Seen};
use super::super::raw::{Batch, broken, number, parse_stream};
use crate::database::away;

const HEADS: &str = "SELECT u.ord - 1, (SELECT max(sequence) FROM events e
    WHERE e.aggregate_type = u.t AND e.aggregate_id = u.i)
    FROM UNNEST($1::text[], $2::text[]) WITH ORDINALITY u(t, i, ord)";
const CLAIMS: &str =
    "SELECT c.claim, c.stream, c.tag FROM UNNEST($1::bytea[]) u(k) JOIN claims c ON c.claim = u.k";
const COMMANDS: &str = "SELECT u.ord - 1, c.body_hash, c.first_position, c.last_position, c.expires_at > $3
    FROM UNNEST($1::text[], $2::text[]) WITH ORDINALITY u(o, c, ord)
    JOIN commands c ON c.organization_id = u.o AND c.command_id = u.c";
const FORGET: &str = "DELETE FROM commands USING UNNEST($1::text[], $2::text[]) u(o, c)
    WHERE organization_id = u.o AND command_id = u.c AND expires_at <= $3";
const KEYS: &str =
    "SELECT u.ord - 1, k.wrapped FROM UNNEST($1::text[], $2::text[]) WITH ORDINALITY u(o, s, ord)
    JOIN subject_keys k ON k.organization_id = u.o AND k.subject = u.s";

pub(super) async fn find(connection: &mut PgConnection, batch: &Batch) -> Result<Found, Unavailable> {
    let mut found = Found::default();
    heads(connection, batch, &mut found).await?;
    claims(connection, batch, &mut found).await?;
    commands(connection, batch, &mut found).await?;
    keys(connection, batch, &mut found).await?;
    Ok(found)
}

async fn heads(connection: &mut PgConnection, batch: &Batch, found: &mut Found) -> Result<(), Unavailable> {
    let streams: Vec<_> =
        batch.units.iter().flat_map(|unit| &unit.streams).map(|append| &append.stream).collect();
    let kinds: Vec<&str> = streams.iter().map(|stream| stream.kind.as_str()).collect();
    let ids: Vec<&str> = streams.iter().map(|stream| stream.id.as_str()).collect();
    let rows = sqlx::query(HEADS).bind(kinds).bind(ids).fetch_all(connection).await.map_err(away)?;
    for row in &rows {
        if let Some(head) = row.try_get::<Option<i64>, _>(1).map_err(away)? {
            found.heads.insert((*nth(&streams, row)?).clone(), number(head)?);
        }
    }
    Ok(())
}

async fn claims(connection: &mut PgConnection, batch: &Batch, found: &mut Found) -> Result<(), Unavailable> {
    let changes = batch.units.iter().flat_map(|unit| &unit.claims).map(|write| &write.change);
    let keys: Vec<&[u8]> = changes
        .map(|change| match change {
            ClaimChange::Take { key, .. } | ClaimChange::Retag { key, .. } | ClaimChange::Release { key } => {
                key.0.as_slice()
            }
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(CLAIMS).bind(keys).fetch_all(connection).await.map_err(away)?;
    for row in &rows {
        let (key, held) = claim(row)?;
        found.claims.insert(key, held);
    }
    Ok(())
}

/// A row of claim, stream and tag.
pub(super) fn claim(row: &PgRow) -> Result<(ClaimKey, Claimed), Unavailable> {
    let key: Vec<u8> = row.try_get(0).map_err(away)?;
    let stream: &str = row.try_get(1).map_err(away)?;
    let tag: Option<&[u8]> = row.try_get(2).map_err(away)?;
    let tag =
        tag.map(|tag| tag.try_into().map_err(|_| broken("a stored tag is not 16 bytes long"))).transpose()?;
    Ok((ClaimKey(key), Claimed { stream: parse_stream(stream)?, tag }))
}

async fn commands(
    connection: &mut PgConnection,
    batch: &Batch,
    found: &mut Found,
) -> Result<(), Unavailable> {
    let named =
        batch.units.iter().filter_map(|unit| Some((unit.organization, unit.command.as_ref()?.command_id)));
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let organizations: Vec<String> = named.iter().map(|(organization, _)| organization.to_string()).collect();
    let ids: Vec<String> = named.iter().map(|(_, command): &(_, CommandId)| command.to_string()).collect();
    let query = sqlx::query(COMMANDS).bind(&organizations).bind(&ids).bind(batch.now);
    let rows = query.fetch_all(&mut *connection).await.map_err(away)?;
    let mut expired = false;
    for row in &rows {
        if !row.try_get::<bool, _>(4).map_err(away)? {
            expired = true;
            continue;
        }
        found.commands.insert(*nth(&named, row)?, Seen { body_hash: hash(row, 1)?, appended: span(row, 2)? });
    }
    if expired {
        let forget = sqlx::query(FORGET).bind(&organizations).bind(&ids).bind(batch.now);
        forget.execute(connection).await.map_err(away)?;
    }
    Ok(())
}

/// A body hash at `column`.
pub(super) fn hash(row: &PgRow, column: usize) -> Result<[u8; 32], Unavailable> {
    let hash: &[u8] = row.try_get(column).map_err(away)?;
    hash.try_into().map_err(|_| broken("a stored body hash is not 32 bytes long"))
}

/// First and last position at `column` and the next.
pub(super) fn span(row: &PgRow, column: usize) -> Result<Appended, Unavailable> {
    let first = number(row.try_get(column).map_err(away)?)?;
    Ok(Appended { first, last: number(row.try_get(column + 1).map_err(away)?)? })
}

async fn keys(connection: &mut PgConnection, batch: &Batch, found: &mut Found) -> Result<(), Unavailable> {
    let named =
        batch.units.iter().flat_map(|unit| unit.keys.iter().map(|key| (unit.organization, &key.stream)));
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    let organizations: Vec<String> = named.iter().map(|(organization, _)| organization.to_string()).collect();
    let subjects: Vec<String> = named.iter().map(|(_, stream)| stream.to_string()).collect();
    let query = sqlx::query(KEYS).bind(organizations).bind(subjects);
    for row in &query.fetch_all(connection).await.map_err(away)? {
        let (organization, stream) = nth(&named, row)?;
        found.keys.insert((*organization, (*stream).clone()), row.try_get(1).map_err(away)?);
    }
    Ok(())
}

/// The asked thing that the row's first column counts to.
fn nth<'a, T>(asked: &'a [T], row: &PgRow) -> Result<&'a T, Unavailable> {
    let place: i64 = row.try_get(0).map_err(away)?;
    let asked = usize::try_from(place).ok().and_then(|place| asked.get(place));
    asked.ok_or_else(|| broken("the database answered what was not asked"))
}
