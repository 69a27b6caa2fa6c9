//! Contents of the provider's side, folded from the stream when something has to be decided.

use std::borrow::Cow;

use super::events::{Base, Observation, SyncRecordEvent};
use crate::fields::Fields;

/// The provider's record after the observations up to and including number `through` (events are numbered from 1 in
/// the order given, which is the stream's). Borrowed while there is only one observation.
pub fn remote_at<'a>(events: impl IntoIterator<Item = &'a SyncRecordEvent>, through: u64) -> Cow<'a, Fields> {
    let mut fields: Option<Cow<'a, Fields>> = None;
    for (_, event) in (1..=through).zip(events) {
        match (observation(event), &mut fields) {
            (Some(seen), None) => fields = Some(Cow::Borrowed(&seen.changed)),
            (Some(seen), Some(fields)) => merge(fields.to_mut(), seen),
            (None, _) => {}
        }
    }
    fields.unwrap_or_default()
}

/// The provider's record as last seen.
pub fn remote_now<'a>(events: impl IntoIterator<Item = &'a SyncRecordEvent>) -> Cow<'a, Fields> {
    remote_at(events, u64::MAX)
}

/// The provider's record when both sides were last in step.
pub fn remote_base(events: &[&SyncRecordEvent], base: &Base) -> Fields {
    let mut fields = remote_at(events.iter().copied(), base.through).into_owned();
    if base.observation > base.through
        && let Some(event) = usize::try_from(base.observation - 1).ok().and_then(|index| events.get(index))
        && let Some(seen) = observation(event)
    {
        merge(&mut fields, seen);
    }
    fields
}

/// What of `now` differs from `before`, by top-level field.
pub fn changes(before: &Fields, now: &Fields) -> (Fields, Vec<String>) {
    let changed = now
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let removed = before.keys().filter(|name| !now.contains_key(*name)).cloned().collect();
    (changed, removed)
}

fn observation(event: &SyncRecordEvent) -> Option<&Observation> {
    use SyncRecordEvent as E;
    match event {
        E::RemoteObserved(seen) => Some(&seen.seen),
        E::WriteConfirmed(done) => Some(&done.confirmation.stored),
        E::OutcomeResolved(known) => known.confirmed.as_ref().map(|confirmation| &confirmation.stored),
        _ => None,
    }
}

fn merge(fields: &mut Fields, seen: &Observation) {
    for (name, value) in &seen.changed {
        fields.insert(name.clone(), value.clone());
    }
    for name in &seen.removed {
        fields.remove(name);
    }
}
