//! What waits, and which of it goes into the next batch.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use domain::claim::ClaimChange;

use super::super::raw::RawUnit;

/// Events that a batch takes before it stops adding units.
pub(super) const BATCH_EVENTS: usize = 1_000;
/// Bytes that a batch takes before it stops adding units.
pub(super) const BATCH_BYTES: usize = 1 << 20;
/// Events of one unit at most.
pub(super) const UNIT_EVENTS: usize = 4_096;
/// Bytes of one unit at most.
pub(super) const UNIT_BYTES: usize = 4 << 20;

/// A unit that waits, and where its answer goes.
pub(super) struct Waiting {
    pub(super) unit: RawUnit,
    /// Its call.
    pub(super) call: u64,
    /// Its place in the call.
    pub(super) place: usize,
}

/// Units in the order they came.
#[derive(Default)]
pub(super) struct Queue(VecDeque<Waiting>);

impl Queue {
    pub(super) fn push(&mut self, waiting: Waiting) {
        self.0.push_back(waiting);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The next batch: units from the front until it is full. One that names a stream, claim or command which an
    /// earlier one names stays for the next batch, and so does whatever names one of its own.
    pub(super) fn next_batch(&mut self) -> Vec<Waiting> {
        let mut batch = Vec::new();
        let mut later = VecDeque::new();
        let mut names = HashSet::with_hasher(BuildHasherDefault::<DefaultHasher>::default());
        let (mut events, mut bytes) = (0, 0);
        while let Some(next) = self.0.front() {
            let (more_events, more_bytes) = (next.unit.events(), next.unit.bytes());
            let full = events + more_events > BATCH_EVENTS || bytes + more_bytes > BATCH_BYTES;
            if full && !batch.is_empty() {
                break;
            }
            let ours = named(&next.unit, names.hasher());
            let taken = ours.iter().any(|name| names.contains(name));
            names.extend(ours);
            let Some(next) = self.0.pop_front() else { break };
            if taken {
                later.push_back(next);
            } else {
                events += more_events;
                bytes += more_bytes;
                batch.push(next);
            }
        }
        later.append(&mut self.0);
        self.0 = later;
        batch
    }
}

/// Hashes of what a unit names. Two things with one hash only wait for each other.
fn named(unit: &RawUnit, hasher: &impl BuildHasher) -> Vec<u64> {
    let streams = unit.streams.iter().map(|append| hasher.hash_one(&append.stream));
    let claims = unit.claims.iter().map(|write| match &write.change {
        ClaimChange::Take { key, .. } | ClaimChange::Retag { key, .. } | ClaimChange::Release { key } => {
            hasher.hash_one(key)
        }
    });
    let command = unit.command.iter().map(|command| hasher.hash_one((unit.organization, command.command_id)));
    streams.chain(claims).chain(command).collect()
}
