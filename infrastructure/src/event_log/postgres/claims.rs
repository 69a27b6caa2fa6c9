//! Claims and commands, looked up and rebuilt.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::event_log::{Claimed, CommandRecord, Recognised};
use chrono::{DateTime, Utc};
use domain::claim::ClaimKey;
use domain::digest::Tag;
use domain::ids::{CommandId, OrganizationId};

use super::super::raw::{Taken, broken, compared, rows};
use super::{BEGIN_LOCKED, find};
use crate::database::{Postgres, away};

const CLAIMED: &str = "SELECT c.claim, c.stream, c.tag FROM UNNEST($1::bytea[]) u(k),
    LATERAL (SELECT claim, stream, tag FROM claims WHERE claim = u.k LIMIT 1) c";
/// One row: places of the claims that are held with the same tag, and of those held with another.
const COMPARED: &str = "SELECT
    coalesce(array_agg((u.ord - 1)::int4) FILTER (WHERE c.tag = u.t), '{}'),
    coalesce(array_agg((u.ord - 1)::int4) FILTER (WHERE (c.tag = u.t) IS NOT TRUE), '{}')
    FROM UNNEST($1::bytea[], $2::bytea[]) WITH ORDINALITY u(k, t, ord),
    LATERAL (SELECT tag FROM claims WHERE claim = u.k LIMIT 1) c";
const LIST: &str = "SELECT claim, stream, tag FROM claims WHERE claim > $1 ORDER BY claim LIMIT $2";
const TAKE: &str = "INSERT INTO claims (claim, stream, tag)
    SELECT * FROM UNNEST($1::bytea[], $2::text[], $3::bytea[])";
const COMMAND: &str = "SELECT body_hash, first_position, last_position FROM commands
    WHERE organization_id = $1 AND command_id = $2 AND expires_at > $3";
const PRUNE: &str = "DELETE FROM commands WHERE expires_at <= $1";

/// Claims per statement of a rebuild.
const CHUNK: usize = 5_000;

pub(super) async fn claimed(
    postgres: &Postgres,
    keys: &[ClaimKey],
) -> Result<Vec<Option<Claimed>>, Unavailable> {
    let asked: Vec<&[u8]> = keys.iter().map(|key| key.0.as_slice()).collect();
    let rows = sqlx::query(CLAIMED).bind(asked).fetch_all(postgres.pool()).await.map_err(away)?;
    let held = rows.iter().map(find::claim).collect::<Result<HashMap<_, _>, _>>()?;
    Ok(keys.iter().map(|key| held.get(key).cloned()).collect())
}

pub(super) async fn recognise(
    postgres: &Postgres,
    asked: &[(ClaimKey, Option<Tag>)],
) -> Result<Vec<Recognised>, Unavailable> {
    let keys: Vec<&[u8]> = asked.iter().map(|(key, _)| key.0.as_slice()).collect();
    let tags: Vec<Option<&[u8]>> =
        asked.iter().map(|(_, tag)| tag.as_ref().map(<[u8; 16]>::as_slice)).collect();
    let (same, changed): (Vec<i32>, Vec<i32>) =
        sqlx::query_as(COMPARED).bind(keys).bind(tags).fetch_one(postgres.pool()).await.map_err(away)?;
    let mut recognised = vec![Recognised::Not; asked.len()];
    let place = |place: i32| usize::try_from(place).unwrap_or(usize::MAX);
    for slot in same.into_iter().map(place) {
        *recognised.get_mut(slot).ok_or_else(unasked)? = Recognised::Same;
    }
    let changed: Vec<usize> = changed.into_iter().map(place).collect();
    if changed.is_empty() {
        return Ok(recognised);
    }
    let keys = changed.iter().map(|slot| asked.get(*slot).map(|(key, _)| key.clone()).ok_or_else(unasked));
    let held = claimed(postgres, &keys.collect::<Result<Vec<_>, _>>()?).await?;
    for (slot, held) in changed.into_iter().zip(held) {
        // Compared again: between the two statements it may have been tagged anew, or given back.
        recognised[slot] = compared(held, asked[slot].1);
    }
    Ok(recognised)
}

fn unasked() -> Unavailable {
    broken("the database answered what was not asked")
}

pub(super) async fn list(
    postgres: &Postgres,
    after: &[u8],
    limit: usize,
) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
    let query = sqlx::query(LIST).bind(after).bind(rows(limit));
    query.fetch_all(postgres.pool()).await.map_err(away)?.iter().map(find::claim).collect()
}

pub(super) async fn replace(postgres: &Postgres, claims: &[(ClaimKey, Claimed)]) -> Result<(), Unavailable> {
    let mut transaction = postgres.appends().begin_with(BEGIN_LOCKED).await.map_err(away)?;
    sqlx::query("DELETE FROM claims").execute(&mut *transaction).await.map_err(away)?;
    for chunk in claims.chunks(CHUNK) {
        let keys: Vec<&[u8]> = chunk.iter().map(|(key, _)| key.0.as_slice()).collect();
        let streams: Vec<String> = chunk.iter().map(|(_, held)| held.stream.to_string()).collect();
        let tags: Vec<Option<&[u8]>> =
            chunk.iter().map(|(_, held)| held.tag.as_ref().map(<[u8; 16]>::as_slice)).collect();
        let take = sqlx::query(TAKE).bind(keys).bind(streams).bind(tags);
        take.execute(&mut *transaction).await.map_err(away)?;
    }
    transaction.commit().await.map_err(away)
}

pub(super) async fn command(
    postgres: &Postgres,
    organization: OrganizationId,
    command: CommandId,
    now: DateTime<Utc>,
) -> Result<Option<Taken>, Unavailable> {
    let query = sqlx::query(COMMAND).bind(organization.to_string()).bind(command.to_string()).bind(now);
    let Some(row) = query.fetch_optional(postgres.pool()).await.map_err(away)? else { return Ok(None) };
    let record = CommandRecord { command_id: command, body_hash: find::hash(&row, 0)? };
    Ok(Some((record, find::span(&row, 1)?)))
}

pub(super) async fn prune(postgres: &Postgres, now: DateTime<Utc>) -> Result<(), Unavailable> {
    sqlx::query(PRUNE).bind(now).execute(postgres.pool()).await.map_err(away)?;
    Ok(())
}
