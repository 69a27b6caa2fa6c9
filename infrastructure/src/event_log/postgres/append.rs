//! Appending: one statement where nothing is in the way, else a look under the lock first.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::event_log::{Appended, Refused};
use domain::claim::{ClaimChange, ClaimKey};
use domain::stream::StreamId;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::super::check::ClaimEffects;
use super::super::raw::{Batch, COMMANDS_KEPT, Outcome, RawUnit, broken, number, stored};
use super::rows::{JsonText, Rows, Shared, Shown};
use super::statement::Statement;
use super::{APPEND_LOCK, BEGIN_LOCKED, find};
use crate::database::{Postgres, UNIQUE_VIOLATION, away, has_code};

/// SQLSTATE `division_by_zero`: our own sign that a row was not there.
const MISSING_ROW: &str = "22012";

pub(super) async fn append(postgres: &Postgres, batch: &Batch) -> Result<Outcome, Unavailable> {
    if !batch.careful && batch.units.iter().all(takes_only) {
        let units: Vec<&RawUnit> = batch.units.iter().collect();
        let mut connection = postgres.appends().acquire().await.map_err(away)?;
        if let Some(appended) = at_once(&mut connection, &units, batch).await? {
            return Ok(Outcome { answers: appended.into_iter().map(Ok).collect(), conflicted: false });
        }
        drop(connection);
        let outcome = checked(postgres, batch).await?;
        return Ok(Outcome { conflicted: true, ..outcome });
    }
    checked(postgres, batch).await
}

/// Whether the unit can go without a look at the claims: it releases none and names each once.
fn takes_only(unit: &RawUnit) -> bool {
    let changes = unit.claims.iter().map(|write| &write.change);
    let mut keys = Vec::with_capacity(unit.claims.len());
    for change in changes {
        match change {
            ClaimChange::Take { key, .. } | ClaimChange::Retag { key, .. } => keys.push(key),
            ClaimChange::Release { .. } => return false,
        }
    }
    keys.sort_unstable();
    keys.windows(2).all(|pair| pair[0] != pair[1])
}

/// `None` when something was in the way: a row that is there already, or one that is not.
async fn at_once(
    connection: &mut PgConnection,
    units: &[&RawUnit],
    batch: &Batch,
) -> Result<Option<Vec<Appended>>, Unavailable> {
    let mut rows = rows(units, batch, true);
    for write in units.iter().flat_map(|unit| &unit.claims) {
        match &write.change {
            ClaimChange::Take { key, tag } => {
                rows.claims.keys.push(&key.0);
                rows.claims.streams.push(Shown(&write.stream));
                rows.claims.tags.push(tag.as_ref().map(<[u8; 16]>::as_slice));
            }
            ClaimChange::Retag { key, tag } => {
                rows.retags.keys.push(&key.0);
                rows.retags.streams.push(Shown(&write.stream));
                rows.retags.tags.push(Some(tag));
            }
            ClaimChange::Release { .. } => return Ok(None),
        }
    }
    for append in units.iter().flat_map(|unit| &unit.streams).filter(|append| append.expected > 0) {
        rows.predecessors.kinds.push(append.stream.kind.as_str());
        rows.predecessors.ids.push(&append.stream.id);
        rows.predecessors.sequences.push(stored(append.expected));
    }
    for unit in units {
        keys(&mut rows, unit, |_| true);
    }
    match execute(connection, Statement::new(rows, Some(APPEND_LOCK))?).await {
        Ok(positions) => per_unit(units, &positions).map(Some),
        Err(error) if has_code(&error, UNIQUE_VIOLATION) || has_code(&error, MISSING_ROW) => Ok(None),
        Err(error) => Err(away(error)),
    }
}

/// Takes the lock, then looks, then writes what may be written.
async fn checked(postgres: &Postgres, batch: &Batch) -> Result<Outcome, Unavailable> {
    let mut transaction = postgres.appends().begin_with(BEGIN_LOCKED).await.map_err(away)?;
    let mut found = find::find(&mut transaction, batch).await?;
    let mut effects = ClaimEffects::new();
    let mut accepted = Vec::with_capacity(batch.units.len());
    let mut fresh_keys: HashMap<&StreamId, bool> = HashMap::new();
    let mut refusals: Vec<Option<Refused>> = Vec::with_capacity(batch.units.len());
    for unit in batch.units.iter() {
        refusals.push(match found.check(unit) {
            Err(refused) => Some(refused),
            Ok(changed) => {
                fresh_keys.extend(
                    unit.keys.iter().map(|key| (&key.stream, !found.has_key(unit.organization, &key.stream))),
                );
                found.apply(unit, &changed);
                effects.extend(changed);
                accepted.push(unit);
                None
            }
        });
    }
    let appended = write_checked(&mut transaction, (&accepted, &effects, &fresh_keys), batch).await?;
    transaction.commit().await.map_err(away)?;
    let conflicted = accepted.len() < batch.units.len();
    let mut appended = appended.into_iter();
    let answers = refusals
        .into_iter()
        .map(|refused| match refused {
            Some(refused) => Ok(Err(refused)),
            None => appended.next().map(Ok).ok_or_else(|| broken("an accepted unit has no positions")),
        })
        .collect::<Result<_, _>>()?;
    Ok(Outcome { answers, conflicted })
}

async fn write_checked(
    connection: &mut PgConnection,
    (units, effects, fresh_keys): (&[&RawUnit], &ClaimEffects, &HashMap<&StreamId, bool>),
    batch: &Batch,
) -> Result<Vec<Appended>, Unavailable> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = rows(units, batch, false);
    for (ClaimKey(key), held) in effects {
        match held {
            Some(held) => {
                rows.claims.keys.push(key);
                rows.claims.streams.push(Shown(&held.stream));
                rows.claims.tags.push(held.tag.as_ref().map(<[u8; 16]>::as_slice));
            }
            None => rows.releases.push(key),
        }
    }
    for unit in units {
        keys(&mut rows, unit, |stream| fresh_keys.get(stream).copied().unwrap_or(true));
    }
    let positions = execute(connection, Statement::new(rows, None)?).await.map_err(away)?;
    per_unit(units, &positions)
}

/// Events, snapshots and commands of the units. With `fresh` a row that is there already undoes them all.
fn rows<'a>(units: &[&'a RawUnit], batch: &Batch, fresh: bool) -> Rows<'a> {
    let mut rows = Rows::default();
    for unit in units {
        let first = rows.events.ids.len() + 1;
        for append in &unit.streams {
            let (kind, id) = (append.stream.kind.as_str(), append.stream.id.as_str());
            for (sequence, event) in (append.expected + 1..).zip(&append.events) {
                rows.events.ids.push(id);
                rows.events.sequences.push(stored(sequence));
                rows.events.payloads.push(JsonText(&event.payload));
                rows.events.shared.push(rows.events.distinct.place(Shared {
                    kind: append.stream.kind,
                    event_type: event.event_type,
                    event_version: event.event_version,
                    metadata: &event.metadata,
                    organization: unit.organization,
                }));
            }
            if let Some(snapshot) = &append.snapshot {
                let first = fresh && append.expected == 0;
                let snapshots = if first { &mut rows.first_snapshots } else { &mut rows.snapshots };
                snapshots.kinds.push(kind);
                snapshots.ids.push(id);
                snapshots.sequences.push(stored(snapshot.sequence));
                snapshots.shapes.push(snapshot.shape.into());
                snapshots.payloads.push(&snapshot.payload);
            }
        }
        if let Some(command) = &unit.command {
            rows.commands.organizations.push(Shown(unit.organization));
            rows.commands.ids.push(Shown(command.command_id));
            rows.commands.hashes.push(&command.body_hash);
            rows.commands.first.push(stored(first as u64));
            rows.commands.last.push(stored(rows.events.ids.len() as u64));
            rows.commands.expires.push(batch.now + COMMANDS_KEPT);
        }
    }
    rows
}

fn keys<'a>(rows: &mut Rows<'a>, unit: &'a RawUnit, fresh: impl Fn(&StreamId) -> bool) {
    for key in unit.keys.iter().filter(|key| fresh(&key.stream)) {
        rows.keys.organizations.push(Shown(unit.organization));
        rows.keys.subjects.push(Shown(&key.stream));
        rows.keys.wrapped.push(&key.wrapped);
    }
}

async fn execute(connection: &mut PgConnection, statement: Statement) -> Result<Vec<i64>, sqlx::Error> {
    let row = sqlx::query_with(&statement.sql, statement.arguments).fetch_one(connection).await?;
    row.try_get(0)
}

fn per_unit(units: &[&RawUnit], positions: &[i64]) -> Result<Vec<Appended>, Unavailable> {
    let mut rest = positions;
    let mut take = |unit: &&RawUnit| {
        let (ours, others) = rest.split_at_checked(unit.events())?;
        rest = others;
        Some((*ours.first()?, *ours.last()?))
    };
    let spans: Option<Vec<_>> = units.iter().map(&mut take).collect();
    let spans = spans.ok_or_else(|| broken("the database answered fewer positions than events"))?;
    spans
        .into_iter()
        .map(|(first, last)| Ok(Appended { first: number(first)?, last: number(last)? }))
        .collect()
}
