//! From units to rows: contents sealed, events and metadata written as JSON.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, LazyLock};

use application::ports::Unavailable;
use application::ports::event_log::{NewEvent, StreamAppend, Unit};
use domain::fields::Fields;
use domain::ids::OrganizationId;
use domain::metadata::Metadata;
use domain::stream::StreamId;

use super::codec;
use super::raw::{NewKey, RawEvent, RawStream, RawUnit, broken};
use super::sealing::{self, Open, Ring, SubjectKeys};
use crate::vault::KeyWrapper;

/// Units that are encoded on the async thread; more of them are divided among others.
const FEW: usize = 64;
/// Threads that encode one call at most.
const THREADS: usize = 4;

static PROCESSORS: LazyLock<usize> =
    LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from).min(THREADS));

/// Rows, and what is left of what they were made of: it can be dropped while the rows are being stored.
pub(super) struct Encoded {
    pub(super) raw: Vec<RawUnit>,
    pub(super) rest: Vec<PartedUnit>,
}

/// A unit whose events are without their personal contents.
pub(super) struct PartedUnit {
    unit: Unit,
    /// What was taken out of each event; shorter than the events when the last ones had nothing.
    taken: Vec<Option<Fields>>,
}

/// The units as rows, with the keys that must be stored with them.
pub(super) async fn encode(units: Vec<Unit>, keys: &Arc<SubjectKeys>) -> Result<Encoded, Unavailable> {
    let parted = divided(units, |units| units.into_iter().map(part).collect()).await?;
    // A new stream has no key yet; only for those that exist the database must be asked.
    let known = parted.iter().flat_map(|unit| {
        unit.sealed()
            .filter(|append| append.expected > 0)
            .map(|append| (unit.unit.organization, append.stream.clone()))
    });
    let ring = keys.ring(known.collect()).await?;
    let mut wrappers = HashMap::new();
    for unit in parted.iter().filter(|unit| !unit.taken.is_empty()) {
        let organization = unit.unit.organization;
        if let Entry::Vacant(place) = wrappers.entry(organization) {
            place.insert(keys.wrapper(organization).await?);
        }
    }
    let encoding = Arc::new(Encoding { keys: Arc::clone(keys), wrappers, ring });
    let both = divided(parted, move |units| encoding.units(units)).await?;
    let (raw, rest) = both.into_iter().unzip();
    Ok(Encoded { raw, rest })
}

/// Does `work` on the items, in their order; on several threads when they are many.
async fn divided<T: Send + 'static, R: Send + 'static>(
    mut items: Vec<T>,
    work: impl Fn(Vec<T>) -> Vec<R> + Clone + Send + 'static,
) -> Result<Vec<R>, Unavailable> {
    if items.len() <= FEW {
        return Ok(work(items));
    }
    let share = items.len().div_ceil(*PROCESSORS);
    let mut shares = Vec::with_capacity(*PROCESSORS);
    while !items.is_empty() {
        let later = items.split_off(share.min(items.len()));
        let (work, items) = (work.clone(), std::mem::replace(&mut items, later));
        shares.push(tokio::task::spawn_blocking(move || work(items)));
    }
    let mut done = Vec::new();
    for share in shares {
        done.append(&mut share.await.map_err(broken)?);
    }
    Ok(done)
}

fn part(mut unit: Unit) -> PartedUnit {
    let (mut taken, mut place) = (Vec::new(), 0);
    for append in &mut unit.streams {
        for new in &mut append.events {
            if let Some(fields) = sealing::take(&append.stream, &mut new.event) {
                taken.resize_with(place, || None);
                taken.push(Some(fields));
            }
            place += 1;
        }
    }
    PartedUnit { unit, taken }
}

impl PartedUnit {
    /// Streams that have something to seal.
    fn sealed(&self) -> impl Iterator<Item = &StreamAppend> {
        let mut taken = self.taken.as_slice();
        self.unit.streams.iter().filter(move |append| {
            let (own, others) = taken.split_at(taken.len().min(append.events.len()));
            taken = others;
            own.iter().any(Option::is_some)
        })
    }
}

/// What the units of a call share.
struct Encoding {
    keys: Arc<SubjectKeys>,
    wrappers: HashMap<OrganizationId, KeyWrapper>,
    ring: Ring,
}

impl Encoding {
    fn units(&self, units: Vec<PartedUnit>) -> Vec<(RawUnit, PartedUnit)> {
        let mut metadata = None;
        let one = |mut unit: PartedUnit| {
            let wrapper = self.wrappers.get(&unit.unit.organization);
            let encoder = Encoder { encoding: self, wrapper, new: Vec::new(), metadata: &mut metadata };
            (encoder.unit(&mut unit), unit)
        };
        units.into_iter().map(one).collect()
    }
}

struct Encoder<'a> {
    encoding: &'a Encoding,
    wrapper: Option<&'a KeyWrapper>,
    new: Vec<NewKey>,
    /// The metadata written last: events of one call mostly share it.
    metadata: &'a mut Option<(Metadata, Arc<str>)>,
}

impl Encoder<'_> {
    fn unit(mut self, PartedUnit { unit, taken }: &mut PartedUnit) -> RawUnit {
        let organization = unit.organization;
        let mut taken = taken.iter();
        let mut streams = Vec::with_capacity(unit.streams.len());
        for append in &mut unit.streams {
            let stream = StreamId { kind: append.stream.kind, id: std::mem::take(&mut append.stream.id) };
            let mut events = Vec::with_capacity(append.events.len());
            for new in &append.events {
                let taken = taken.next().and_then(Option::as_ref);
                events.push(self.event(organization, &stream, (new, taken)));
            }
            let snapshot = append.snapshot.take();
            streams.push(RawStream { stream, expected: append.expected, events, snapshot });
        }
        let claims = std::mem::take(&mut unit.claims);
        RawUnit { organization, streams, claims, keys: self.new, command: unit.command.take() }
    }

    fn event(
        &mut self,
        organization: OrganizationId,
        stream: &StreamId,
        (new, taken): (&NewEvent, Option<&Fields>),
    ) -> RawEvent {
        let (event_type, event_version) = codec::name(&new.event);
        let open = String::from_utf8(codec::write(&new.event)).expect("JSON is UTF-8");
        let belongs = Open { organization, stream, event_type };
        let payload = match (taken, self.wrapper) {
            (Some(taken), Some(wrapper)) => {
                let Encoding { keys, ring, .. } = self.encoding;
                match keys.sealing(ring, wrapper, (organization, stream)) {
                    Some((key, fresh)) => {
                        // A stream is named once, so its events stand together.
                        let last = self.new.last();
                        let known = |fresh: &NewKey| last.is_some_and(|key| key.stream == fresh.stream);
                        let fresh = fresh.filter(|fresh| !known(fresh));
                        self.new.extend(fresh);
                        belongs.seal(&key, taken, open)
                    }
                    None => open,
                }
            }
            _ => open,
        };
        let metadata = self.metadata(&new.metadata);
        RawEvent { event_type, event_version, payload, metadata }
    }

    fn metadata(&mut self, metadata: &Metadata) -> Arc<str> {
        if let Some((last, text)) = &*self.metadata
            && last == metadata
        {
            return Arc::clone(text);
        }
        let text = Arc::<str>::from(codec::write_metadata(metadata));
        *self.metadata = Some((metadata.clone(), Arc::clone(&text)));
        text
    }
}
