//! A log in memory, for tests that need no file: the same decisions, nothing durable.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use application::ports::event_log::{
    Appended, Claimed, CommandRecord, Filter, Recognised, Refused, Snapshot,
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::claim::ClaimKey;
use domain::digest::Tag;
use domain::ids::{CommandId, OrganizationId};
use domain::stream::{Kind, StreamId};

use super::check::{Found, Seen};
use super::raw::{
    Batch, COMMANDS_KEPT, ListQuery, LoadQuery, Outcome, RawLoaded, RawLog, RawRecorded, RawStream, RawUnit,
    Taken, WrappedKeys, compared,
};

/// The log of one process.
#[derive(Debug, Default)]
pub(crate) struct MemoryLog(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    events: Vec<RawRecorded>,
    /// Positions of each stream's events.
    streams: BTreeMap<(Kind, String), Vec<usize>>,
    snapshots: HashMap<StreamId, Snapshot>,
    expiries: HashMap<(OrganizationId, CommandId), DateTime<Utc>>,
    found: Found,
}

impl MemoryLog {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, unit: &RawUnit, now: DateTime<Utc>) -> Result<Appended, Refused> {
        self.expire(now);
        let effects = self.found.check(unit)?;
        self.found.apply(unit, &effects);
        let first = self.events.len() as u64 + 1;
        for stream in &unit.streams {
            self.store(unit.organization, stream, now);
        }
        let appended = Appended { first, last: self.events.len() as u64 };
        if let Some(CommandRecord { command_id, body_hash }) = unit.command {
            let id = (unit.organization, command_id);
            self.expiries.insert(id, now + COMMANDS_KEPT);
            self.found.commands.insert(id, Seen { body_hash, appended });
        }
        Ok(appended)
    }

    fn store(&mut self, organization: OrganizationId, append: &RawStream, now: DateTime<Utc>) {
        // As precise as the databases keep it, and never before the last.
        let now = now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now);
        let recorded_at = self.events.last().map_or(now, |last| last.recorded_at.max(now));
        for (sequence, event) in (append.expected + 1..).zip(&append.events) {
            let id = (append.stream.kind, append.stream.id.clone());
            self.streams.entry(id).or_default().push(self.events.len());
            self.events.push(RawRecorded {
                position: self.events.len() as u64 + 1,
                organization,
                stream: append.stream.clone(),
                sequence,
                recorded_at,
                event_type: event.event_type.to_owned(),
                event_version: event.event_version.to_owned(),
                payload: event.payload.clone(),
                metadata: event.metadata.as_ref().to_owned(),
            });
        }
        if let Some(snapshot) = &append.snapshot {
            self.snapshots.insert(append.stream.clone(), snapshot.clone());
        }
    }

    fn expire(&mut self, now: DateTime<Utc>) {
        self.expiries.retain(|_, expires| *expires > now);
        let live = &self.expiries;
        self.found.commands.retain(|id, _| live.contains_key(id));
    }

    fn load(&self, stream: &StreamId, after: u64, shape: Option<u32>) -> RawLoaded {
        let wanted = |snapshot: &&Snapshot| Some(snapshot.shape) == shape;
        let snapshot = self.snapshots.get(stream).filter(wanted).cloned();
        let after = snapshot.as_ref().map_or(after, |snapshot| snapshot.sequence);
        let places = self.streams.get(&(stream.kind, stream.id.clone())).map_or(&[][..], Vec::as_slice);
        let events = places.iter().map(|place| &self.events[*place]).filter(|event| event.sequence > after);
        RawLoaded { snapshot, events: events.cloned().collect() }
    }
}

fn fits(event: &RawRecorded, filter: &Filter) -> bool {
    filter.organization.is_none_or(|organization| organization == event.organization)
        && (filter.kinds.is_empty() || filter.kinds.contains(&event.stream.kind))
}

#[async_trait::async_trait]
impl RawLog for MemoryLog {
    async fn append(&self, batch: Batch) -> Result<Outcome, Unavailable> {
        let mut state = self.state();
        let answers = batch.units.iter().map(|unit| state.append(unit, batch.now)).collect();
        Ok(Outcome { answers, conflicted: false })
    }

    async fn load(&self, query: LoadQuery) -> Result<Vec<RawLoaded>, Unavailable> {
        let state = self.state();
        Ok(query.streams.iter().map(|stream| state.load(stream, query.after, query.shape)).collect())
    }

    async fn list_streams(&self, query: ListQuery) -> Result<Vec<StreamId>, Unavailable> {
        let state = self.state();
        let from = (query.kind, query.prefix.clone().max(query.after.clone()));
        let ids = state.streams.range(from..).map(|((kind, id), _)| StreamId { kind: *kind, id: id.clone() });
        let ours = |stream: &StreamId| stream.kind == query.kind && stream.id.starts_with(&query.prefix);
        let ids =
            ids.skip_while(|stream| stream.kind == query.kind && stream.id <= query.after).take_while(ours);
        Ok(ids.take(query.limit).collect())
    }

    async fn read(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RawRecorded>, Unavailable> {
        let after = usize::try_from(position).unwrap_or(usize::MAX);
        let state = self.state();
        let events = state.events.iter().skip(after).filter(|event| fits(event, filter));
        Ok(events.take(limit).cloned().collect())
    }

    async fn head(&self) -> Result<u64, Unavailable> {
        Ok(self.state().events.len() as u64)
    }

    async fn first_from(&self, position: u64) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable> {
        let place = usize::try_from(position.max(1) - 1).unwrap_or(usize::MAX);
        Ok(self.state().events.get(place).map(|event| (event.position, event.recorded_at)))
    }

    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.found.claims.get(key).cloned()).collect())
    }

    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable> {
        let (keys, tags): (Vec<ClaimKey>, Vec<Option<Tag>>) = asked.into_iter().unzip();
        let held = self.claimed(&keys).await?;
        Ok(held.into_iter().zip(tags).map(|(held, tag)| compared(held, tag)).collect())
    }

    async fn list_claims(&self, after: &[u8], limit: usize) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable> {
        let state = self.state();
        let later = state.found.claims.iter().filter(|(key, _)| key.0.as_slice() > after);
        Ok(later.take(limit).map(|(key, held)| (key.clone(), held.clone())).collect())
    }

    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable> {
        self.state().found.claims = claims.into_iter().collect();
        Ok(())
    }

    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
        now: DateTime<Utc>,
    ) -> Result<Option<Taken>, Unavailable> {
        let mut state = self.state();
        state.expire(now);
        let seen = state.found.commands.get(&(organization, command));
        let record = |seen: &Seen| CommandRecord { command_id: command, body_hash: seen.body_hash };
        Ok(seen.map(|seen| (record(seen), seen.appended)))
    }

    async fn prune_commands(&self, now: DateTime<Utc>) -> Result<(), Unavailable> {
        self.state().expire(now);
        Ok(())
    }

    async fn subject_keys(
        &self,
        organization: OrganizationId,
        subjects: Vec<StreamId>,
    ) -> Result<WrappedKeys, Unavailable> {
        let state = self.state();
        let key = |subject: StreamId| {
            let stored = state.found.keys.get(&(organization, subject.clone()))?.clone();
            Some((subject, stored))
        };
        Ok(subjects.into_iter().filter_map(key).collect())
    }
}
