//! From rows to events: contents unsealed, old shapes lifted.

use application::ports::Unavailable;
use domain::event::Event;
use domain::metadata::Recorded;

use super::codec;
use super::raw::{RawRecorded, broken};
use super::sealing::{Open, Ring, SubjectKeys, is_sealed};
use super::upcast::Upcaster;

/// Events that are decoded on the async thread; more of them move to a blocking one.
const FEW: usize = 128;

/// The rows as events; keys that are not in memory are fetched in one query.
pub(super) async fn decode(
    rows: Vec<RawRecorded>,
    keys: &SubjectKeys,
    upcasters: &'static [Upcaster],
) -> Result<Vec<Recorded<Event>>, Unavailable> {
    let sealed = rows.iter().filter(|row| is_sealed(&row.payload));
    let mut subjects: Vec<_> = sealed.map(|row| (row.organization, row.stream.clone())).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let ring = keys.ring(subjects).await?;
    let few = rows.len() <= FEW;
    let work = move || rows.into_iter().map(|row| event(row, &ring, upcasters)).collect();
    if few { work() } else { tokio::task::spawn_blocking(work).await.map_err(broken)? }
}

fn event(row: RawRecorded, ring: &Ring, upcasters: &[Upcaster]) -> Result<Recorded<Event>, Unavailable> {
    let at = |why: &dyn std::fmt::Display| broken(format!("position {}: {why}", row.position));
    let mut event = codec::read(&row.event_type, &row.event_version, &row.payload, upcasters)
        .map_err(|error| at(&error))?;
    let belongs = Open { organization: row.organization, stream: &row.stream, event_type: &row.event_type };
    let name = (row.organization, row.stream.clone());
    if is_sealed(&row.payload) && !belongs.unseal(ring.opening(&name), &row.payload, &mut event) {
        return Err(at(&"the sealed part does not open: it was altered or moved"));
    }
    Ok(Recorded {
        position: row.position,
        organization: row.organization,
        sequence: row.sequence,
        recorded_at: row.recorded_at,
        metadata: codec::read_metadata(&row.metadata),
        stream: row.stream,
        event,
    })
}
