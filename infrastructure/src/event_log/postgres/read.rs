//! Reading: streams, and everything in order.

use application::ports::Unavailable;
use application::ports::event_log::{Filter, Snapshot};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::stream::StreamId;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};

use super::super::raw::{
    ListQuery, LoadQuery, RawLoaded, RawRecorded, WrappedKeys, broken, number, organization, parse_stream,
    rows, stored, stream,
};
use crate::database::{Postgres, away};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT global_position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
            metadata, organization_id, recorded_at FROM events ",
            $rest
        )
    };
}

const STREAM: &str =
    select!("WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 ORDER BY sequence");
/// One stream with its snapshot. Unlike `STREAMS` it is planned once, which is most of what it costs.
const WITH_SNAPSHOT: &str = "SELECT e.global_position, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type,
    e.event_version, e.payload, e.metadata, e.organization_id, e.recorded_at, 1::bigint, s.sequence, s.payload
    FROM (SELECT 1) one
    LEFT JOIN snapshots s ON s.aggregate_type = $1 AND s.aggregate_id = $2 AND s.shape = $4
    LEFT JOIN events e ON e.aggregate_type = $1 AND e.aggregate_id = $2 AND e.sequence > coalesce(s.sequence, $3)
    ORDER BY e.sequence";
const STREAMS: &str = "SELECT e.*, u.ord, s.sequence, s.payload
    FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY u(t, i, a, h, ord)
    LEFT JOIN LATERAL (SELECT sequence, payload FROM snapshots WHERE aggregate_type = u.t AND aggregate_id = u.i
        AND shape = u.h LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT global_position, aggregate_type, aggregate_id, sequence, event_type, event_version,
        payload, metadata, organization_id, recorded_at FROM events WHERE aggregate_type = u.t AND aggregate_id = u.i
        AND sequence > coalesce(s.sequence, u.a) ORDER BY sequence) e ON true
    ORDER BY u.ord, e.sequence";
const ALL: &str = select!("WHERE global_position > $1 ORDER BY global_position LIMIT $2");
const FILTERED: &str = select!(
    "WHERE global_position > $1 AND ($2::text IS NULL OR organization_id = $2)
    AND ($3::text[] IS NULL OR aggregate_type = ANY($3)) ORDER BY global_position LIMIT $4"
);
const LIST: &str = "SELECT aggregate_id FROM events WHERE aggregate_type = $1 AND aggregate_id > $2
    AND aggregate_id >= $3 AND ($4::text IS NULL OR aggregate_id < $4) AND sequence = 1
    ORDER BY aggregate_id LIMIT $5";
const HEAD: &str = "SELECT coalesce(max(global_position), 0) FROM events";
const FIRST_FROM: &str = "SELECT global_position, recorded_at FROM events WHERE global_position >= $1
    ORDER BY global_position LIMIT 1";
const KEYS: &str = "SELECT k.subject, k.wrapped FROM UNNEST($2::text[]) u(s),
    LATERAL (SELECT subject, wrapped FROM subject_keys WHERE organization_id = $1 AND subject = u.s LIMIT 1) k";

/// Several loads in one query, each answered as by itself.
pub(super) async fn load_together(
    pool: &PgPool,
    queries: &[&LoadQuery],
) -> Result<Vec<Vec<RawLoaded>>, Unavailable> {
    let streams = || queries.iter().flat_map(|query| query.streams.iter().map(move |stream| (query, stream)));
    let kinds: Vec<&str> = streams().map(|(_, stream)| stream.kind.as_str()).collect();
    let ids: Vec<&str> = streams().map(|(_, stream)| stream.id.as_str()).collect();
    let after: Vec<i64> = streams().map(|(query, _)| stored(query.after)).collect();
    let shapes: Vec<Option<i64>> = streams().map(|(query, _)| query.shape.map(i64::from)).collect();
    let mut loaded = vec![RawLoaded::default(); ids.len()];
    let wanted: Vec<Option<u32>> = streams().map(|(query, _)| query.shape).collect();
    let select = sqlx::query(STREAMS).bind(kinds).bind(ids).bind(after).bind(shapes);
    for row in &select.fetch_all(pool).await.map_err(away)? {
        let place: i64 = row.try_get(10).map_err(away)?;
        let place = usize::try_from(place - 1).ok().filter(|place| *place < wanted.len());
        let place = place.ok_or_else(|| broken("the database answered what was not asked"))?;
        add(&mut loaded[place], row, wanted[place])?;
    }
    let mut loaded = loaded.into_iter();
    Ok(queries.iter().map(|query| loaded.by_ref().take(query.streams.len()).collect()).collect())
}

/// One load in a query of its own.
pub(super) async fn load(postgres: &Postgres, query: &LoadQuery) -> Result<Vec<RawLoaded>, Unavailable> {
    let [only] = query.streams.as_slice() else {
        let loaded = load_together(postgres.pool(), &[query]).await?;
        return Ok(loaded.into_iter().flatten().collect());
    };
    let mut loaded = RawLoaded::default();
    let Some(shape) = query.shape else {
        let select = sqlx::query(STREAM).bind(only.kind.as_str()).bind(&only.id).bind(stored(query.after));
        let rows = select.fetch_all(postgres.pool()).await.map_err(away)?;
        loaded.events = rows.iter().map(recorded).collect::<Result<_, _>>()?;
        return Ok(vec![loaded]);
    };
    let select = sqlx::query(WITH_SNAPSHOT).bind(only.kind.as_str()).bind(&only.id);
    let select = select.bind(stored(query.after)).bind(i64::from(shape));
    for row in &select.fetch_all(postgres.pool()).await.map_err(away)? {
        add(&mut loaded, row, query.shape)?;
    }
    Ok(vec![loaded])
}

fn add(loaded: &mut RawLoaded, row: &PgRow, shape: Option<u32>) -> Result<(), Unavailable> {
    let sequence: Option<i64> = row.try_get(11).map_err(away)?;
    if let (Some(sequence), Some(shape), None) = (sequence, shape, &loaded.snapshot) {
        let payload = row.try_get(12).map_err(away)?;
        loaded.snapshot = Some(Snapshot { sequence: number(sequence)?, shape, payload });
    }
    if row.try_get::<Option<i64>, _>(0).map_err(away)?.is_some() {
        loaded.events.push(recorded(row)?);
    }
    Ok(())
}

pub(super) async fn read(
    postgres: &Postgres,
    position: u64,
    limit: usize,
    filter: &Filter,
) -> Result<Vec<RawRecorded>, Unavailable> {
    let select = if *filter == Filter::default() {
        sqlx::query(ALL).bind(stored(position)).bind(rows(limit))
    } else {
        let organization = filter.organization.map(|organization| organization.to_string());
        let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
        let kinds = (!kinds.is_empty()).then_some(kinds);
        sqlx::query(FILTERED).bind(stored(position)).bind(organization).bind(kinds).bind(rows(limit))
    };
    select.fetch_all(postgres.pool()).await.map_err(away)?.iter().map(recorded).collect()
}

pub(super) async fn list_streams(
    postgres: &Postgres,
    query: &ListQuery,
) -> Result<Vec<StreamId>, Unavailable> {
    let select = sqlx::query(LIST).bind(query.kind.as_str()).bind(&query.after).bind(&query.prefix);
    let found =
        select.bind(query.end()).bind(rows(query.limit)).fetch_all(postgres.pool()).await.map_err(away)?;
    found.iter().map(|row| Ok(StreamId { kind: query.kind, id: row.try_get(0).map_err(away)? })).collect()
}

pub(super) async fn head(postgres: &Postgres) -> Result<u64, Unavailable> {
    number(sqlx::query_scalar(HEAD).fetch_one(postgres.pool()).await.map_err(away)?)
}

pub(super) async fn first_from(
    postgres: &Postgres,
    position: u64,
) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable> {
    let select = sqlx::query_as::<_, (i64, DateTime<Utc>)>(FIRST_FROM).bind(stored(position));
    let found = select.fetch_optional(postgres.pool()).await.map_err(away)?;
    found.map(|(position, at)| Ok((number(position)?, at))).transpose()
}

pub(super) async fn subject_keys(
    postgres: &Postgres,
    organization: OrganizationId,
    subjects: &[StreamId],
) -> Result<WrappedKeys, Unavailable> {
    let asked: Vec<String> = subjects.iter().map(StreamId::to_string).collect();
    let select =
        sqlx::query_as::<_, (String, Option<Vec<u8>>)>(KEYS).bind(organization.to_string()).bind(asked);
    let found = select.fetch_all(postgres.pool()).await.map_err(away)?;
    found.into_iter().map(|(subject, wrapped)| Ok((parse_stream(&subject)?, wrapped))).collect()
}

fn recorded(row: &PgRow) -> Result<RawRecorded, Unavailable> {
    let text = |column: usize| row.try_get::<&str, _>(column).map_err(away);
    // `json` arrives as its text; the driver would ask for a parsed value.
    let json = |column: usize| row.try_get_unchecked::<&str, _>(column).map_err(away);
    Ok(RawRecorded {
        position: number(row.try_get(0).map_err(away)?)?,
        stream: stream(text(1)?, text(2)?.to_owned())?,
        sequence: number(row.try_get(3).map_err(away)?)?,
        event_type: text(4)?.to_owned(),
        event_version: text(5)?.to_owned(),
        payload: json(6)?.to_owned(),
        metadata: json(7)?.to_owned(),
        organization: organization(text(8)?)?,
        recorded_at: row.try_get(9).map_err(away)?,
    })
}
