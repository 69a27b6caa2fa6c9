//! From rows to events: contents unsealed, old shapes lifted.

use application::ports::Unavailable;
use domain::event::Event;
use domain::metadata::{Metadata, Recorded};

use super::codec;
use super::raw::{RawRecorded, broken};
use super::sealing::{Open, Ring, SubjectKeys, is_sealed};
use super::upcast::Upcaster;

/// Events that are decoded on the async thread; more of them move to a blocking one.
const FEW: usize = 128;

/// An event without its sealed contents, and the payload that has them, where they are wanted.
struct Closed {
    event: Recorded<Event>,
    sealed: Option<(String, String)>,
}

/// The rows as events, with the sealed contents of those that `opens` asks for; keys that are not in memory are
/// fetched in one query.
pub(super) async fn decode(
    rows: Vec<RawRecorded>,
    keys: &SubjectKeys,
    upcasters: &'static [Upcaster],
    opens: fn(&Event) -> bool,
) -> Result<Vec<Recorded<Event>>, Unavailable> {
    let few = rows.len() <= FEW;
    let read = move || read_all(rows, upcasters, opens);
    let events = if few { read() } else { tokio::task::spawn_blocking(read).await.map_err(broken)? }?;
    let sealed = events.iter().filter(|closed| closed.sealed.is_some()).map(|closed| &closed.event);
    let mut subjects: Vec<_> = sealed.map(|event| (event.organization, event.stream.clone())).collect();
    if subjects.is_empty() {
        return Ok(events.into_iter().map(|closed| closed.event).collect());
    }
    // Events of one stream mostly stand together; the few that do not are only looked up twice.
    subjects.dedup();
    let ring = keys.ring(subjects).await?;
    let open = move || events.into_iter().map(|closed| opened(closed, &ring)).collect();
    if few { open() } else { tokio::task::spawn_blocking(open).await.map_err(broken)? }
}

fn read_all(
    rows: Vec<RawRecorded>,
    upcasters: &[Upcaster],
    opens: fn(&Event) -> bool,
) -> Result<Vec<Closed>, Unavailable> {
    let mut metadata = LastMetadata::default();
    rows.into_iter().map(|row| read(row, upcasters, opens, &mut metadata)).collect()
}

fn read(
    row: RawRecorded,
    upcasters: &[Upcaster],
    opens: fn(&Event) -> bool,
    metadata: &mut LastMetadata,
) -> Result<Closed, Unavailable> {
    let event = codec::read(&row.event_type, &row.event_version, &row.payload, upcasters)
        .map_err(|error| at(row.position, &error))?;
    let wanted = is_sealed(&row.payload) && opens(&event);
    let event = Recorded {
        position: row.position,
        organization: row.organization,
        sequence: row.sequence,
        recorded_at: row.recorded_at,
        metadata: metadata.read(&row.metadata),
        stream: row.stream,
        event,
    };
    Ok(Closed { event, sealed: wanted.then_some((row.event_type, row.payload)) })
}

fn opened(closed: Closed, ring: &Ring) -> Result<Recorded<Event>, Unavailable> {
    let Closed { event: mut recorded, sealed } = closed;
    let Some((event_type, payload)) = sealed else { return Ok(recorded) };
    let Recorded { organization, stream, event, .. } = &mut recorded;
    let key = ring.opening(*organization, stream);
    let belongs = Open { organization: *organization, stream, event_type: &event_type };
    if !belongs.unseal(key, &payload, event) {
        return Err(at(recorded.position, &"the sealed part does not open: it was altered or moved"));
    }
    Ok(recorded)
}

fn at(position: u64, why: &dyn std::fmt::Display) -> Unavailable {
    broken(format!("position {position}: {why}"))
}

/// Events of one unit share their metadata.
#[derive(Default)]
struct LastMetadata(Option<(String, Metadata)>);

impl LastMetadata {
    fn read(&mut self, text: &str) -> Metadata {
        match &self.0 {
            Some((last, metadata)) if last == text => metadata.clone(),
            _ => {
                let metadata = codec::read_metadata(text);
                self.0 = Some((text.to_owned(), metadata.clone()));
                metadata
            }
        }
    }
}
