//! From units to rows: contents sealed, events and metadata written as JSON.

use application::ports::Unavailable;
use application::ports::event_log::{NewEvent, StreamAppend, Unit};
use domain::fields::Fields;
use domain::ids::OrganizationId;
use domain::metadata::Metadata;
use domain::stream::StreamId;

use super::codec;
use super::raw::{NewKey, RawEvent, RawStream, RawUnit};
use super::sealing::{self, Open, Ring, SubjectKeys};
use crate::vault::KeyWrapper;

/// An event without its personal contents, and these.
type Parted = (NewEvent, Option<Fields>);

/// A unit whose events are parted.
struct PartedUnit {
    unit: Unit,
    /// Per stream, per event.
    events: Vec<Vec<Parted>>,
}

/// The units as rows, with the keys that must be stored with them.
pub(super) async fn encode(units: Vec<Unit>, keys: &SubjectKeys) -> Result<Vec<RawUnit>, Unavailable> {
    let parted: Vec<PartedUnit> = units.into_iter().map(part).collect();
    // A new stream has no key yet; only for those that exist the database must be asked.
    let known = parted.iter().flat_map(|unit| {
        unit.sealed()
            .filter(|append| append.expected > 0)
            .map(|append| (unit.unit.organization, append.stream.clone()))
    });
    let ring = keys.ring(known.collect()).await?;
    let mut raw = Vec::with_capacity(parted.len());
    let mut last = None;
    for unit in parted {
        let wrapper = match unit.sealed().next() {
            Some(_) => Some(keys.wrapper(unit.unit.organization).await?),
            None => None,
        };
        raw.push(Encoder { keys, wrapper, ring: &ring, new: Vec::new(), last: &mut last }.unit(unit));
    }
    Ok(raw)
}

fn part(mut unit: Unit) -> PartedUnit {
    let events = unit.streams.iter_mut().map(|append| {
        let stream = append.stream.clone();
        let part = |mut new: NewEvent| {
            let taken = sealing::take(&stream, &mut new.event);
            (new, taken)
        };
        std::mem::take(&mut append.events).into_iter().map(part).collect()
    });
    PartedUnit { events: events.collect(), unit }
}

impl PartedUnit {
    /// Streams that have something to seal.
    fn sealed(&self) -> impl Iterator<Item = &StreamAppend> {
        let sealed = |events: &Vec<Parted>| events.iter().any(|(_, taken)| taken.is_some());
        self.unit
            .streams
            .iter()
            .zip(&self.events)
            .filter(move |(_, events)| sealed(events))
            .map(|(append, _)| append)
    }
}

struct Encoder<'a> {
    keys: &'a SubjectKeys,
    wrapper: Option<KeyWrapper>,
    ring: &'a Ring,
    new: Vec<NewKey>,
    /// The metadata written last: events of one call mostly share it.
    last: &'a mut Option<(Metadata, String)>,
}

impl Encoder<'_> {
    fn unit(mut self, PartedUnit { unit, events }: PartedUnit) -> RawUnit {
        let organization = unit.organization;
        let streams = unit.streams.into_iter().zip(events);
        let streams = streams.map(|(append, events)| self.stream(organization, append, events)).collect();
        RawUnit { organization, streams, claims: unit.claims, keys: self.new, command: unit.command }
    }

    fn stream(
        &mut self,
        organization: OrganizationId,
        append: StreamAppend,
        events: Vec<Parted>,
    ) -> RawStream {
        let StreamAppend { stream, expected, snapshot, .. } = append;
        let events = events.into_iter().map(|event| self.event(organization, &stream, event)).collect();
        RawStream { stream, expected, events, snapshot }
    }

    fn event(&mut self, organization: OrganizationId, stream: &StreamId, (new, taken): Parted) -> RawEvent {
        let (event_type, event_version) = codec::name(&new.event);
        let open = String::from_utf8(codec::write(&new.event)).expect("JSON is UTF-8");
        let belongs = Open { organization, stream, event_type };
        let payload = match (taken, &self.wrapper) {
            (Some(taken), Some(wrapper)) => {
                match self.keys.sealing(self.ring, wrapper, (organization, stream)) {
                    Some((key, fresh)) => {
                        let known = |fresh: &NewKey| self.new.iter().any(|key| key.stream == fresh.stream);
                        self.new.extend(fresh.filter(|fresh| !known(fresh)));
                        belongs.seal(&key, &taken, open)
                    }
                    None => open,
                }
            }
            _ => open,
        };
        let metadata = self.metadata(new.metadata);
        RawEvent { event_type, event_version, payload, metadata }
    }

    fn metadata(&mut self, metadata: Metadata) -> String {
        if let Some((last, text)) = &*self.last
            && *last == metadata
        {
            return text.clone();
        }
        let text = codec::write_metadata(&metadata);
        *self.last = Some((metadata, text.clone()));
        text
    }
}
