//! `cqrs_es` over the same log: aggregates of the domain as its aggregates, and our append as its store.
//!
//! Not its repositories, queries or snapshot stores: version 0.5.0 applies every event twice there.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use application::ports::event_log::{ClaimWrite, EventLog, NewEvent, Refused, StreamAppend, Unit};
use application::ports::id_generator::IdGenerator;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use cqrs_es::{AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore};
use domain::aggregate::Aggregate;
use domain::event::{AggregateEvent, Event};
use domain::ids::{CommandId, OrganizationId};
use domain::metadata::{Actor, Metadata};
use domain::stream::StreamId;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::codec;

/// An aggregate of the domain as one of `cqrs_es`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cqrs<A>(pub A);

/// An event of `A` as one of `cqrs_es`. It is written as the codec's payload, and read from `{"<name>": payload}`,
/// which [`Named`] makes of a stored one.
#[derive(Clone, Debug, PartialEq)]
pub struct CqrsEvent<E>(pub E);

impl<A> cqrs_es::Aggregate for Cqrs<A>
where
    A: Aggregate + Serialize + DeserializeOwned,
    A::Command: Send,
    A::Event: AggregateEvent + Send + Sync + 'static,
{
    const TYPE: &'static str = A::KIND.as_str();
    type Command = A::Command;
    type Event = CqrsEvent<A::Event>;
    type Error = A::Error;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.0.decide(command)? {
            sink.write(CqrsEvent(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        self.0.apply(&event.0);
    }
}

impl<E: AggregateEvent + fmt::Debug + PartialEq + Send + Sync> DomainEvent for CqrsEvent<E> {
    fn event_type(&self) -> String {
        codec::name(&self.0.clone().into()).0.to_owned()
    }

    fn event_version(&self) -> String {
        codec::name(&self.0.clone().into()).1.to_owned()
    }
}

impl<E: AggregateEvent> Serialize for CqrsEvent<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = codec::write(&self.0.clone().into());
        let payload: Box<serde_json::value::RawValue> =
            serde_json::from_slice(&payload).map_err(serde::ser::Error::custom)?;
        payload.serialize(serializer)
    }
}

impl<'de, E: AggregateEvent> Deserialize<'de> for CqrsEvent<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = HashMap::<String, serde_json::Value>::deserialize(deserializer)?;
        let (name, payload) =
            named.into_iter().next().ok_or_else(|| D::Error::custom("an event without a name"))?;
        let (name, version) =
            name.split_once('/').ok_or_else(|| D::Error::custom("an event without a version"))?;
        let event = codec::read(name, version, &payload.to_string(), super::upcast::UPCASTERS);
        let event = event.map_err(D::Error::custom)?;
        E::of(&event).cloned().map(Self).ok_or_else(|| D::Error::custom("an event of another aggregate"))
    }
}

/// Puts a stored event's name and version beside its payload, since `cqrs_es` hands only the payload on.
#[derive(Clone, Copy, Debug)]
pub struct Named;

impl EventUpcaster for Named {
    fn can_upcast(&self, _event_type: &str, _event_version: &str) -> bool {
        true
    }

    fn upcast(&self, mut event: SerializedEvent) -> SerializedEvent {
        let name = format!("{}/{}", event.event_type, event.event_version);
        event.payload = serde_json::Value::Object([(name, event.payload)].into_iter().collect());
        event
    }
}

/// Our log as the store of `CqrsFramework`, for one organization.
pub struct CqrsStore {
    log: Arc<dyn EventLog>,
    ids: Arc<dyn IdGenerator>,
    organization: OrganizationId,
}

/// A loaded aggregate: as it was, for its claims, and as the command changes it.
pub struct CqrsContext<A> {
    stream: StreamId,
    head: u64,
    before: A,
    aggregate: Cqrs<A>,
}

impl<A> AggregateContext<Cqrs<A>> for CqrsContext<A>
where
    A: Aggregate + Serialize + DeserializeOwned,
    A::Command: Send,
    A::Event: AggregateEvent + Send + Sync + 'static,
{
    fn aggregate(&mut self) -> &mut Cqrs<A> {
        &mut self.aggregate
    }
}

impl CqrsStore {
    /// A store whose commands get their ids from `ids`.
    pub fn new(log: Arc<dyn EventLog>, ids: Arc<dyn IdGenerator>, organization: OrganizationId) -> Self {
        Self { log, ids, organization }
    }

    async fn events<A>(&self, id: &str) -> Result<Vec<(u64, A::Event)>, AggregateError<A::Error>>
    where
        A: Aggregate,
        A::Event: AggregateEvent,
    {
        let stream = StreamId { kind: A::KIND, id: id.to_owned() };
        let loaded = self.log.load(&stream, 0).await.map_err(away)?;
        let own = |event: &Event| A::Event::of(event).cloned();
        let events = loaded.events.iter().map(|recorded| Some((recorded.sequence, own(&recorded.event)?)));
        events.collect::<Option<_>>().ok_or_else(|| {
            AggregateError::UnexpectedError("the stream holds an event of another aggregate".into())
        })
    }

    fn metadata(&self, given: &HashMap<String, String>) -> Metadata {
        let actor = given.get("actor").map_or_else(|| Actor::system("cqrs"), |actor| Actor::parse(actor));
        let command = given.get("command_id").and_then(|id| id.parse().ok());
        Metadata::new(actor, command.unwrap_or_else(|| CommandId(self.ids.next())))
    }
}

impl<A> EventStore<Cqrs<A>> for CqrsStore
where
    A: Aggregate + Serialize + DeserializeOwned,
    A::Command: Send,
    A::Event: AggregateEvent + Send + Sync + 'static,
{
    type AC = CqrsContext<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<Cqrs<A>>>, AggregateError<A::Error>> {
        let events = self.events::<A>(aggregate_id).await?;
        Ok(events.into_iter().map(|(at, event)| envelope(aggregate_id, at, event, HashMap::new())).collect())
    }

    async fn load_aggregate(&self, aggregate_id: &str) -> Result<Self::AC, AggregateError<A::Error>> {
        let events = self.events::<A>(aggregate_id).await?;
        let before = A::fold(events.iter().map(|(_, event)| event));
        let stream = StreamId { kind: A::KIND, id: aggregate_id.to_owned() };
        let head = events.last().map_or(0, |(sequence, _)| *sequence);
        Ok(CqrsContext { stream, head, aggregate: Cqrs(before.clone()), before })
    }

    async fn commit(
        &self,
        events: Vec<CqrsEvent<A::Event>>,
        context: Self::AC,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Cqrs<A>>>, AggregateError<A::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let CqrsContext { stream, head, mut before, .. } = context;
        let (mut claims, mut new) = (Vec::new(), Vec::new());
        let stored = self.metadata(&metadata);
        for CqrsEvent(event) in &events {
            let changes = before.claims(&stream, event).into_iter();
            claims.extend(changes.map(|change| ClaimWrite { stream: stream.clone(), change }));
            before.apply(event);
            new.push(NewEvent { event: event.clone().into(), metadata: stored.clone() });
        }
        let id = stream.id.clone();
        let append = StreamAppend { stream, expected: head, events: new, snapshot: None };
        let unit = Unit { organization: self.organization, streams: vec![append], claims, command: None };
        let answers = self.log.append(vec![unit]).await.map_err(away)?;
        match answers.into_iter().next() {
            Some(Ok(_)) => {}
            Some(Err(Refused::StaleStream { .. })) => return Err(AggregateError::AggregateConflict),
            Some(Err(refused)) => return Err(AggregateError::UnexpectedError(Box::new(refused))),
            None => return Err(AggregateError::UnexpectedError("the log did not answer".into())),
        }
        let numbered = (head + 1..).zip(events);
        Ok(numbered.map(|(at, event)| envelope(&id, at, event.0, metadata.clone())).collect())
    }
}

fn envelope<A>(
    id: &str,
    at: u64,
    event: A::Event,
    metadata: HashMap<String, String>,
) -> EventEnvelope<Cqrs<A>>
where
    A: Aggregate + Serialize + DeserializeOwned,
    A::Command: Send,
    A::Event: AggregateEvent + Send + Sync + 'static,
{
    let sequence = usize::try_from(at).unwrap_or(usize::MAX);
    EventEnvelope { aggregate_id: id.to_owned(), sequence, payload: CqrsEvent(event), metadata }
}

fn away<E: std::error::Error>(error: application::ports::Unavailable) -> AggregateError<E> {
    AggregateError::DatabaseConnectionError(Box::new(error))
}
