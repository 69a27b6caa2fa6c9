//! The log below the codec: encoded rows, and what each database must be able to do with them.

use std::collections::HashMap;
use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::event_log::{
    Appended, ClaimWrite, Claimed, CommandRecord, Filter, Recognised, Refused, Snapshot,
};
use chrono::{DateTime, Utc};
use domain::claim::ClaimKey;
use domain::digest::Tag;
use domain::ids::{CommandId, OrganizationId};
use domain::stream::{Kind, StreamId};

/// An event ready to be stored.
#[derive(Clone, Debug)]
pub(crate) struct RawEvent {
    pub(crate) event_type: &'static str,
    pub(crate) event_version: &'static str,
    pub(crate) payload: String,
    /// Events of one call mostly share it.
    pub(crate) metadata: Arc<str>,
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub(crate) struct RawStream {
    pub(crate) stream: StreamId,
    pub(crate) expected: u64,
    pub(crate) events: Vec<RawEvent>,
    pub(crate) snapshot: Option<Snapshot>,
}

/// A subject's key that must be stored with the first event it seals.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    /// The stream whose contents it seals; its place in the unit's streams.
    pub(crate) stream: StreamId,
    pub(crate) wrapped: Vec<u8>,
}

/// What is appended whole or not at all.
#[derive(Clone, Debug)]
pub(crate) struct RawUnit {
    pub(crate) organization: OrganizationId,
    pub(crate) streams: Vec<RawStream>,
    pub(crate) claims: Vec<ClaimWrite>,
    pub(crate) keys: Vec<NewKey>,
    pub(crate) command: Option<CommandRecord>,
}

impl RawUnit {
    pub(crate) fn events(&self) -> usize {
        self.streams.iter().map(|stream| stream.events.len()).sum()
    }

    /// What it weighs on its way to the database.
    pub(crate) fn bytes(&self) -> usize {
        let events = self.streams.iter().flat_map(|stream| &stream.events);
        let bodies: usize = events.map(|event| event.payload.len() + event.metadata.len()).sum();
        let snapshots = self.streams.iter().filter_map(|stream| stream.snapshot.as_ref());
        bodies + snapshots.map(|snapshot| snapshot.payload.len()).sum::<usize>()
    }
}

/// Units that are written in one transaction; no two name one stream, claim or command.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) units: Arc<Vec<RawUnit>>,
    /// Taken from the clock when the batch was made.
    pub(crate) now: DateTime<Utc>,
    /// Read heads and claims first, rather than after a conflict.
    pub(crate) careful: bool,
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Per unit, in order.
    pub(crate) answers: Vec<Result<Appended, Refused>>,
    /// Whether a first try had to be given up.
    pub(crate) conflicted: bool,
}

/// A stored event.
#[derive(Clone, Debug)]
pub(crate) struct RawRecorded {
    pub(crate) position: u64,
    pub(crate) organization: OrganizationId,
    pub(crate) stream: StreamId,
    pub(crate) sequence: u64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
    pub(crate) metadata: String,
}

/// A stream as stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawLoaded {
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) events: Vec<RawRecorded>,
}

/// Streams to load.
#[derive(Clone, Debug)]
pub(crate) struct LoadQuery {
    pub(crate) streams: Vec<StreamId>,
    /// Only events after this sequence, where no snapshot says otherwise.
    pub(crate) after: u64,
    /// Snapshots of this shape are wanted.
    pub(crate) shape: Option<u32>,
}

/// Streams to list.
#[derive(Clone, Debug)]
pub(crate) struct ListQuery {
    pub(crate) kind: Kind,
    pub(crate) prefix: String,
    pub(crate) after: String,
    pub(crate) limit: usize,
}

impl ListQuery {
    /// The least text that is greater than everything with the prefix; `None` when there is none.
    pub(crate) fn end(&self) -> Option<String> {
        let mut end = self.prefix.clone();
        while let Some(last) = end.pop() {
            let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
            if let Some(next) = next {
                end.push(next);
                return Some(end);
            }
        }
        None
    }
}

/// Stored keys by subject; a destroyed one has no bytes.
pub(crate) type WrappedKeys = HashMap<StreamId, Option<Vec<u8>>>;

/// A command as it was taken: its record and where its events went.
pub(crate) type Taken = (CommandRecord, Appended);

/// What each database does.
#[async_trait::async_trait]
pub(crate) trait RawLog: Send + Sync {
    async fn append(&self, batch: Batch) -> Result<Outcome, Unavailable>;
    async fn load(&self, query: LoadQuery) -> Result<Vec<RawLoaded>, Unavailable>;
    async fn list_streams(&self, query: ListQuery) -> Result<Vec<StreamId>, Unavailable>;
    async fn read(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<RawRecorded>, Unavailable>;
    async fn head(&self) -> Result<u64, Unavailable>;
    /// Position and time of the first event from `position` on.
    async fn first_from(&self, position: u64) -> Result<Option<(u64, DateTime<Utc>)>, Unavailable>;
    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable>;
    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable>;
    async fn list_claims(&self, after: &[u8], limit: usize) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable>;
    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable>;
    /// A command that has not expired at `now`.
    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
        now: DateTime<Utc>,
    ) -> Result<Option<Taken>, Unavailable>;
    /// Forgets commands that expired before `now`.
    async fn prune_commands(&self, now: DateTime<Utc>) -> Result<(), Unavailable>;
    async fn subject_keys(
        &self,
        organization: OrganizationId,
        subjects: Vec<StreamId>,
    ) -> Result<WrappedKeys, Unavailable>;
}

/// How long a command's id is remembered.
pub(crate) const COMMANDS_KEPT: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// What a look-up of claims says of the tags that were asked with.
pub(crate) fn compared(held: Option<Claimed>, tag: Option<Tag>) -> Recognised {
    match held {
        None => Recognised::Not,
        Some(held) if tag.is_some() && held.tag == tag => Recognised::Same,
        Some(held) => Recognised::Changed(held),
    }
}

/// An error of the log's own tables.
pub(crate) fn broken(why: impl std::fmt::Display) -> Unavailable {
    Unavailable::new("event log", why)
}

/// A stream as the claims and key tables name it.
pub(crate) fn parse_stream(text: &str) -> Result<StreamId, Unavailable> {
    let (kind, id) = text.split_once('/').ok_or_else(|| broken("a stored stream has no kind"))?;
    stream(kind, id.to_owned())
}

/// A stream by the stored name of its kind.
pub(crate) fn stream(kind: &str, id: String) -> Result<StreamId, Unavailable> {
    let kind = Kind::parse(kind).ok_or_else(|| broken(format!("no aggregate is called `{kind}`")))?;
    Ok(StreamId { kind, id })
}

/// An organization by its stored id.
pub(crate) fn organization(text: &str) -> Result<OrganizationId, Unavailable> {
    text.parse().map_err(|_| broken("a stored organization id is no UUID"))
}

/// Positions and sequences start at 0 and fit 63 bits; anything else was not written by us.
pub(crate) fn number(stored: i64) -> Result<u64, Unavailable> {
    u64::try_from(stored).map_err(|_| broken("a stored number is negative"))
}

/// A number as databases keep it.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A row limit as databases take it.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
