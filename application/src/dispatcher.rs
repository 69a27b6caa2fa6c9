//! Load, decide, append: one command or many, always the same path.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::aggregate::Aggregate;
use domain::claim::{ClaimChange, ClaimKey};
use domain::event::{AggregateEvent, Event};
use domain::ids::{CommandId, OrganizationId};
use domain::metadata::{Actor, Metadata};
use domain::stream::StreamId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Failure;
use crate::ports::Unavailable;
use crate::ports::clock::Clock;
use crate::ports::event_log::{
    Appended, ClaimWrite, CommandRecord, EventLog, Loaded, NewEvent, Refused, Snapshot, StreamAppend, Unit,
};
use crate::ports::id_generator::IdGenerator;

/// Rounds of load and decide before a contended command is given up.
const ROUNDS: usize = 8;

/// What the log needs to know of an aggregate to keep it.
pub trait Persisted: Aggregate<Event: AggregateEvent> + Serialize + DeserializeOwned {
    /// Shape of its snapshots; `None` for an aggregate whose state holds record contents, which no snapshot may.
    const SHAPE: Option<u32>;
    /// A snapshot is kept with every append.
    const EVERY_APPEND: bool = false;
}

impl Persisted for domain::sync_record::SyncRecord {
    const SHAPE: Option<u32> = Some(domain::sync_record::SyncRecord::SHAPE);
    const EVERY_APPEND: bool = true;
}

macro_rules! without_snapshots {
    ($($aggregate:ty),+ $(,)?) => {$(
        impl Persisted for $aggregate {
            const SHAPE: Option<u32> = None;
        }
    )+};
}

without_snapshots!(
    domain::local_record::LocalRecord,
    domain::project::Project,
    domain::integration::Integration,
    domain::sync_config::SyncConfig,
    domain::sync_run::SyncRun,
    domain::webhook_delivery::WebhookDelivery,
    domain::webhook_endpoint::WebhookEndpoint,
    domain::submission::Submission,
);

/// An aggregate being worked on: its state evolves with each decision, nothing is stored yet.
#[derive(Clone, Debug)]
pub struct Working<A: Aggregate> {
    /// Its stream.
    pub stream: StreamId,
    /// Sequence of its last stored event.
    pub expected: u64,
    /// Its state after the decisions made so far.
    pub state: A,
    new: Vec<A::Event>,
    claims: Vec<ClaimChange>,
}

impl<A: Persisted> Working<A> {
    /// A stream that does not exist yet.
    pub fn new(stream: StreamId) -> Self {
        Self { stream, expected: 0, state: A::default(), new: Vec::new(), claims: Vec::new() }
    }

    /// A loaded stream.
    pub fn loaded(loaded: &Loaded) -> Self {
        let snapshot = loaded.snapshot.as_ref().and_then(|kept| serde_json::from_slice(&kept.payload).ok());
        let mut state: A = snapshot.unwrap_or_default();
        for event in &loaded.events {
            if let Some(event) = A::Event::of(&event.event) {
                state.apply(event);
            }
        }
        Self {
            stream: loaded.stream.clone(),
            expected: loaded.head(),
            state,
            new: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// Decides and goes on from there. Answers how many events followed.
    pub fn execute(&mut self, command: A::Command) -> Result<usize, A::Error> {
        let events = self.state.decide(command)?;
        let count = events.len();
        for event in events {
            self.claims.extend(self.state.claims(&self.stream, &event));
            self.state.apply(&event);
            self.new.push(event);
        }
        Ok(count)
    }

    /// Events decided so far.
    pub fn decided(&self) -> &[A::Event] {
        &self.new
    }

    /// Sequence of the stream once everything decided is stored.
    pub fn head(&self) -> u64 {
        self.expected + self.new.len() as u64
    }

    /// Goes on from what was stored: what was decided is history now.
    #[must_use]
    pub fn stored(self) -> Self {
        let expected = self.head();
        Self { stream: self.stream, expected, state: self.state, new: Vec::new(), claims: Vec::new() }
    }

    /// Whether there is something to store.
    pub fn changed(&self) -> bool {
        !self.new.is_empty()
    }

    fn append(self, metadata: &Metadata) -> (StreamAppend, Vec<ClaimWrite>) {
        let head = self.head();
        let snapshot =
            match A::SHAPE {
                Some(shape) if A::EVERY_APPEND => serde_json::to_vec(&self.state)
                    .ok()
                    .map(|payload| Snapshot { sequence: head, shape, payload }),
                _ => None,
            };
        let stream = self.stream;
        let claims = net(self.claims)
            .into_iter()
            .map(|change| ClaimWrite { stream: stream.clone(), change })
            .collect();
        let events = self
            .new
            .into_iter()
            .map(|event| NewEvent { event: event.into(), metadata: metadata.clone() })
            .collect();
        (StreamAppend { stream, expected: self.expected, events, snapshot }, claims)
    }
}

/// The net effect of a stream's claim changes within one unit: at most one change per key.
fn net(changes: Vec<ClaimChange>) -> Vec<ClaimChange> {
    if changes.len() < 2 {
        return changes;
    }
    let mut order: Vec<ClaimKey> = Vec::new();
    let mut by_key: BTreeMap<ClaimKey, ClaimChange> = BTreeMap::new();
    for change in changes {
        let key = match &change {
            ClaimChange::Take { key, .. } | ClaimChange::Retag { key, .. } | ClaimChange::Release { key } => {
                key.clone()
            }
        };
        let next = match (by_key.remove(&key), change) {
            (Some(ClaimChange::Take { key, .. }), ClaimChange::Retag { tag, .. }) => {
                Some(ClaimChange::Take { key, tag: Some(tag) })
            }
            (Some(ClaimChange::Take { .. }), ClaimChange::Release { .. })
            | (Some(ClaimChange::Release { .. }), ClaimChange::Take { tag: None, .. }) => None,
            (Some(ClaimChange::Release { .. }), ClaimChange::Take { key, tag: Some(tag) }) => {
                Some(ClaimChange::Retag { key, tag })
            }
            (_, change) => Some(change),
        };
        if let Some(next) = next {
            if !order.contains(&key) {
                order.push(key.clone());
            }
            by_key.insert(key, next);
        }
    }
    order.into_iter().filter_map(|key| by_key.remove(&key)).collect()
}

/// A unit under construction.
pub struct UnitBuilder {
    unit: Unit,
    metadata: Metadata,
}

impl UnitBuilder {
    /// An empty unit; every event in it carries `metadata`.
    pub fn new(organization: OrganizationId, metadata: Metadata) -> Self {
        let unit = Unit { organization, streams: Vec::new(), claims: Vec::new(), command: None };
        Self { unit, metadata }
    }

    /// Adds what was decided; nothing when nothing was.
    pub fn add<A: Persisted>(&mut self, working: Working<A>) -> &mut Self {
        if working.changed() {
            let (stream, claims) = working.append(&self.metadata);
            self.unit.streams.push(stream);
            self.unit.claims.extend(claims);
        }
        self
    }

    /// Marks it as the answer to an API command.
    pub fn command(&mut self, record: Option<CommandRecord>) -> &mut Self {
        self.unit.command = record;
        self
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.unit.streams.is_empty()
    }

    /// Events in it.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.unit.streams.iter().flat_map(|stream| stream.events.iter().map(|new| &new.event))
    }

    /// The unit.
    pub fn build(self) -> Unit {
        self.unit
    }
}

/// Who asks, and under which command id.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The tenant.
    pub organization: OrganizationId,
    /// Who, why.
    pub metadata: Metadata,
    /// Set for API commands, so that a repetition is recognised.
    pub command: Option<CommandRecord>,
}

/// What a command did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Position to read at least, to see it.
    pub position: u64,
    /// Sequence of the stream now.
    pub version: u64,
    /// Whether anything changed.
    pub changed: bool,
}

/// The path every command takes.
#[derive(Clone)]
pub struct Dispatcher {
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn IdGenerator>,
}

impl Dispatcher {
    /// An envelope of a part of Headwater itself.
    pub fn system(&self, organization: OrganizationId, name: &str) -> Envelope {
        let metadata = Metadata::new(Actor::system(name), CommandId(self.ids.next()));
        Envelope { organization, metadata, command: None }
    }

    /// Loads an aggregate with its state.
    pub async fn load<A: Persisted>(&self, stream: &StreamId) -> Result<Working<A>, Unavailable> {
        let loaded = self.log.load_many(std::slice::from_ref(stream), A::SHAPE).await?;
        Ok(loaded.first().map_or_else(|| Working::new(stream.clone()), Working::loaded))
    }

    /// Loads, decides and appends; a stale stream is loaded and decided again.
    pub async fn dispatch<A: Persisted>(
        &self,
        envelope: &Envelope,
        stream: &StreamId,
        command: impl Fn(&A) -> A::Command + Send,
    ) -> Result<Done, Failure<A::Error>> {
        for _ in 0..ROUNDS {
            let mut working = self.load::<A>(stream).await?;
            let command = command(&working.state);
            working.execute(command).map_err(Failure::Refused)?;
            let version = working.head();
            if !working.changed() {
                let position = self.log.head().await?;
                return Ok(Done { position, version, changed: false });
            }
            let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
            unit.add(working).command(envelope.command.clone());
            match self.append_one(unit.build()).await? {
                Ok(appended) => return Ok(Done { position: appended.last, version, changed: true }),
                Err(Refused::StaleStream { .. }) => {}
                Err(refused) => return Err(Failure::Log(refused)),
            }
        }
        Err(Failure::Contended)
    }

    /// Appends one unit.
    pub async fn append_one(&self, unit: Unit) -> Result<Result<Appended, Refused>, Unavailable> {
        let mut answers = self.log.append(vec![unit]).await?;
        answers.pop().ok_or_else(|| Unavailable::new("event log", "no answer for the unit"))
    }
}
