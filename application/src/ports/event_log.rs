//! The event log: the only truth.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::claim::{ClaimKey, ClaimKind};
use domain::digest::Tag;
use domain::event::Event;
use domain::ids::{CommandId, OrganizationId};
use domain::metadata::{Metadata, Recorded};
use domain::stream::{Kind, StreamId};

use super::Unavailable;

/// Whether a reader wants the sealed contents of an event, which it sees without them.
pub type Opens = fn(&Event) -> bool;

/// One event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened.
    pub event: Event,
    /// Who, why.
    pub metadata: Metadata,
}

/// A state that spares folding; a cache of the stream, ignored when its `shape` is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Sequence of the last event folded into it.
    pub sequence: u64,
    /// Version of the payload's shape.
    pub shape: u32,
    /// JSON. Never record contents.
    pub payload: Vec<u8>,
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub struct StreamAppend {
    /// The stream.
    pub stream: StreamId,
    /// Sequence of the last event the decision saw; 0 for a new stream.
    pub expected: u64,
    /// At least one event.
    pub events: Vec<NewEvent>,
    /// The state after them, where the aggregate keeps one.
    pub snapshot: Option<Snapshot>,
}

/// A claim taken, retagged or released by one of the unit's streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimWrite {
    /// The stream that takes or holds it.
    pub stream: StreamId,
    /// The change.
    pub change: domain::claim::ClaimChange,
}

/// What an API command leaves, so that its repetition is recognised for 7 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    /// The id its sender gave.
    pub command_id: CommandId,
    /// SHA-256 of the command's body: the same id with another body is refused.
    pub body_hash: [u8; 32],
}

/// What is appended whole or not at all.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The tenant.
    pub organization: OrganizationId,
    /// Streams, each named once.
    pub streams: Vec<StreamAppend>,
    /// Claims, in the order they follow from the events.
    pub claims: Vec<ClaimWrite>,
    /// The API command, if one caused this.
    pub command: Option<CommandRecord>,
}

/// Where a unit's events went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position of its first event.
    pub first: u64,
    /// Position of its last event.
    pub last: u64,
}

/// Why a unit was not appended. Nothing of it was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The stream is not where the decision saw it: load and decide again.
    #[error("stream {stream} is at {head}")]
    StaleStream {
        /// The stream.
        stream: StreamId,
        /// Its head; lower than expected when the expectation was above it.
        head: u64,
    },
    /// Another stream holds a claim.
    #[error("claim {kind:?} is held by {owner}")]
    ClaimTaken {
        /// Which rule.
        kind: ClaimKind,
        /// The claim.
        key: ClaimKey,
        /// Who holds it.
        owner: StreamId,
    },
    /// The same command was taken before.
    #[error("the command was taken before")]
    CommandSeen {
        /// Where its events begin.
        first: u64,
        /// Where its events end.
        last: u64,
        /// Whether its body was the same.
        same_body: bool,
    },
}

/// A stream as loaded: its newest usable snapshot and the events after it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The stream.
    pub stream: StreamId,
    /// The snapshot, when asked for and of the asked shape.
    pub snapshot: Option<Snapshot>,
    /// Events after the snapshot (or after the asked sequence), in order.
    pub events: Vec<Recorded<Event>>,
}

impl Loaded {
    /// Sequence of the stream's last event; 0 for a stream that does not exist.
    pub fn head(&self) -> u64 {
        match (self.events.last(), &self.snapshot) {
            (Some(event), _) => event.sequence,
            (None, Some(snapshot)) => snapshot.sequence,
            (None, None) => 0,
        }
    }
}

/// Who holds a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The holder.
    pub stream: StreamId,
    /// Its tag.
    pub tag: Option<Tag>,
}

/// What a claim and its tag tell of something that is seen again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Nobody holds the claim.
    Not,
    /// It is held, with the same tag.
    Same,
    /// It is held, with another tag or without one.
    Changed(Claimed),
}

/// Which events to read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only this tenant's.
    pub organization: Option<OrganizationId>,
    /// Only these kinds; empty means all.
    pub kinds: Vec<Kind>,
}

/// The event log. Order, durability and claims are decided here and nowhere else.
#[async_trait::async_trait]
pub trait EventLog: Send + Sync {
    /// Appends each unit whole or not at all and answers per unit, in order. What is answered `Ok` is durable.
    /// An expected sequence above the stream's head is refused like one below it.
    async fn append(&self, units: Vec<Unit>) -> Result<Vec<Result<Appended, Refused>>, Unavailable>;

    /// Loads one stream after `after` (0: from its beginning), without snapshot.
    async fn load(&self, stream: &StreamId, after: u64) -> Result<Loaded, Unavailable>;

    /// Loads many streams in one query, in the order asked; `shape` asks for snapshots of that shape, with only the
    /// events after them. Streams that do not exist come back empty.
    async fn load_many(&self, streams: &[StreamId], shape: Option<u32>) -> Result<Vec<Loaded>, Unavailable>;

    /// Streams of a kind whose id begins with `prefix` and is greater than `after`, by id: how full runs page records.
    async fn list_streams(
        &self,
        kind: Kind,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StreamId>, Unavailable>;

    /// Events after `position`, in the global order, at most `limit`. Nothing is ever skipped.
    async fn read_all(&self, position: u64, limit: usize) -> Result<Vec<Recorded<Event>>, Unavailable>;

    /// Like `read_all`, of one tenant or of some kinds only.
    async fn read_filtered(
        &self,
        position: u64,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<Recorded<Event>>, Unavailable>;

    /// Like `read_all`, with the sealed contents of only those events that `opens` asks for: what a view does not show
    /// need not be deciphered. `opens` sees the event without them.
    async fn read_opened(
        &self,
        position: u64,
        limit: usize,
        opens: Opens,
    ) -> Result<Vec<Recorded<Event>>, Unavailable>;

    /// Like `read_all`, without any sealed contents. Readers at the same place share what was decoded: a page shorter
    /// than `limit` may have been read before more came. Only an empty one is the end.
    async fn read_closed(
        &self,
        position: u64,
        limit: usize,
    ) -> Result<Arc<Vec<Recorded<Event>>>, Unavailable>;

    /// Position of the last event; 0 for an empty log.
    async fn head(&self) -> Result<u64, Unavailable>;

    /// Who holds these claims, in the order asked: one narrow query.
    async fn claimed(&self, keys: &[ClaimKey]) -> Result<Vec<Option<Claimed>>, Unavailable>;

    /// Which of these claims are held, each asked for with the tag that its holder may have kept beside it. Cheaper than
    /// `claimed` where most tags are the same.
    async fn recognise(&self, asked: Vec<(ClaimKey, Option<Tag>)>) -> Result<Vec<Recognised>, Unavailable>;

    /// What an API command left, if it was taken within the last 7 days.
    async fn command(
        &self,
        organization: OrganizationId,
        command: CommandId,
    ) -> Result<Option<(CommandRecord, Appended)>, Unavailable>;

    /// Every claim, for `claims check`: after `key`, at most `limit`.
    async fn list_claims(
        &self,
        after: Option<&ClaimKey>,
        limit: usize,
    ) -> Result<Vec<(ClaimKey, Claimed)>, Unavailable>;

    /// Replaces all claims by `claims` in one transaction, for `claims rebuild`. No other writer may be at work.
    async fn replace_claims(&self, claims: Vec<(ClaimKey, Claimed)>) -> Result<(), Unavailable>;

    /// Position of the last event recorded at or before `at`.
    async fn position_at(&self, at: DateTime<Utc>) -> Result<u64, Unavailable>;
}
