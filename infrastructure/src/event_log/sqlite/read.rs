//! Reading: streams, and everything in order.

use application::ports::Unavailable;
use application::ports::event_log::{Filter, Snapshot};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::stream::StreamId;
use rusqlite::{Connection, OptionalExtension, Row, Rows, params};

use super::super::raw::{
    ListQuery, LoadQuery, RawLoaded, RawRecorded, WrappedKeys, broken, number, organization, rows, stored,
    stream,
};
use crate::database::away;

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
const ALL: &str = select!("WHERE global_position > $1 ORDER BY global_position LIMIT $2");
const FILTERED: &str = select!(
    "WHERE global_position > $1 AND ($2 IS NULL OR organization_id = $2)
    AND ($3 IS NULL OR aggregate_type IN (SELECT value FROM json_each($3))) ORDER BY global_position LIMIT $4"
);
const SNAPSHOT: &str = "SELECT sequence, payload FROM snapshots
    WHERE aggregate_type = $1 AND aggregate_id = $2 AND shape = $3";
const LIST: &str = "SELECT aggregate_id FROM events WHERE aggregate_type = $1 AND aggregate_id > $2
    AND aggregate_id >= $3 AND ($4 IS NULL OR aggregate_id < $4) AND sequence = 1 ORDER BY aggregate_id LIMIT $5";
const HEAD: &str = "SELECT coalesce(max(global_position), 0) FROM events";
const FIRST_FROM: &str = "SELECT global_position, recorded_at FROM events WHERE global_position >= $1
    ORDER BY global_position LIMIT 1";
const KEY: &str = "SELECT wrapped FROM subject_keys WHERE organization_id = $1 AND subject = $2";

pub(super) fn load(connection: &mut Connection, query: &LoadQuery) -> Result<Vec<RawLoaded>, Unavailable> {
    // One read transaction, so that all streams are seen at one moment.
    let transaction = connection.transaction().map_err(away)?;
    query.streams.iter().map(|stream| load_one(&transaction, stream, query)).collect()
}

fn load_one(connection: &Connection, stream: &StreamId, query: &LoadQuery) -> Result<RawLoaded, Unavailable> {
    let snapshot = match query.shape {
        Some(shape) => snapshot(connection, stream, shape)?,
        None => None,
    };
    let after = snapshot.as_ref().map_or(query.after, |snapshot| snapshot.sequence);
    let mut statement = connection.prepare_cached(STREAM).map_err(away)?;
    let found = statement.query(params![stream.kind.as_str(), stream.id, stored(after)]).map_err(away)?;
    Ok(RawLoaded { snapshot, events: collect(found)? })
}

fn snapshot(connection: &Connection, stream: &StreamId, shape: u32) -> Result<Option<Snapshot>, Unavailable> {
    let mut statement = connection.prepare_cached(SNAPSHOT).map_err(away)?;
    let key = params![stream.kind.as_str(), stream.id, shape];
    let found: Option<(i64, Vec<u8>)> =
        statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(away)?;
    found.map(|(sequence, payload)| Ok(Snapshot { sequence: number(sequence)?, shape, payload })).transpose()
}

pub(super) fn read(
    connection: &Connection,
    position: u64,
    limit: usize,
    filter: &Filter,
) -> Result<Vec<RawRecorded>, Unavailable> {
    if *filter == Filter::default() {
        let mut statement = connection.prepare_cached(ALL).map_err(away)?;
        return collect(statement.query(params![stored(position), rows(limit)]).map_err(away)?);
    }
    let organization = filter.organization.map(|organization| organization.to_string());
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
    let kinds = (!kinds.is_empty()).then(|| serde_json::json!(kinds).to_string());
    let mut statement = connection.prepare_cached(FILTERED).map_err(away)?;
    collect(statement.query(params![stored(position), organization, kinds, rows(limit)]).map_err(away)?)
}

pub(super) fn list_streams(connection: &Connection, query: &ListQuery) -> Result<Vec<StreamId>, Unavailable> {
    let mut statement = connection.prepare_cached(LIST).map_err(away)?;
    let kind = query.kind;
    let bounds = params![kind.as_str(), query.after, query.prefix, query.end(), rows(query.limit)];
    let ids = statement.query_map(bounds, |row| Ok(StreamId { kind, id: row.get(0)? })).map_err(away)?;
    ids.collect::<Result<_, _>>().map_err(away)
}

pub(super) fn head(connection: &Connection) -> Result<u64, Unavailable> {
    number(
        connection
            .prepare_cached(HEAD)
            .and_then(|mut head| head.query_row([], |row| row.get(0)))
            .map_err(away)?,
    )
}

pub(super) fn first_from(
    connection: &Connection,
    position: u64,
) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable> {
    let mut statement = connection.prepare_cached(FIRST_FROM).map_err(away)?;
    let found: Option<(i64, String)> = statement
        .query_row([stored(position)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(away)?;
    found.map(|(position, at)| Ok((number(position)?, time(&at)?))).transpose()
}

pub(super) fn subject_keys(
    connection: &mut Connection,
    organization: OrganizationId,
    subjects: Vec<StreamId>,
) -> Result<WrappedKeys, Unavailable> {
    let transaction = connection.transaction().map_err(away)?;
    let organization = organization.to_string();
    let mut statement = transaction.prepare_cached(KEY).map_err(away)?;
    let mut keys = WrappedKeys::with_capacity(subjects.len());
    for subject in subjects {
        let key = params![organization, subject.to_string()];
        if let Some(stored) = statement.query_row(key, |row| row.get(0)).optional().map_err(away)? {
            keys.insert(subject, stored);
        }
    }
    Ok(keys)
}

fn collect(mut found: Rows<'_>) -> Result<Vec<RawRecorded>, Unavailable> {
    let (mut events, mut last) = (Vec::new(), Last::default());
    while let Some(row) = found.next().map_err(away)? {
        events.push(recorded(row, &mut last)?);
    }
    Ok(events)
}

/// What the row before said: events of one batch mostly share it, and parsing it again takes time.
#[derive(Default)]
struct Last {
    organization: Option<(String, OrganizationId)>,
    recorded_at: Option<(String, DateTime<Utc>)>,
}

fn shared<T: Copy>(
    last: &mut Option<(String, T)>,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, Unavailable>,
) -> Result<T, Unavailable> {
    match last {
        Some((known, value)) if known == text => Ok(*value),
        _ => {
            let value = parse(text)?;
            *last = Some((text.to_owned(), value));
            Ok(value)
        }
    }
}

fn recorded(row: &Row<'_>, last: &mut Last) -> Result<RawRecorded, Unavailable> {
    let text = |column: usize| row.get_ref(column).map_err(away)?.as_str().map_err(away);
    Ok(RawRecorded {
        position: number(row.get(0).map_err(away)?)?,
        stream: stream(text(1)?, text(2)?.to_owned())?,
        sequence: number(row.get(3).map_err(away)?)?,
        event_type: text(4)?.to_owned(),
        event_version: text(5)?.to_owned(),
        payload: text(6)?.to_owned(),
        metadata: text(7)?.to_owned(),
        organization: shared(&mut last.organization, text(8)?, organization)?,
        recorded_at: shared(&mut last.recorded_at, text(9)?, time)?,
    })
}

fn time(text: &str) -> Result<DateTime<Utc>, Unavailable> {
    text.parse().map_err(|_| broken("a stored time is not RFC 3339"))
}
