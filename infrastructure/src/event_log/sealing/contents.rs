//! Which contents of which events are personal: taken out before the payload is written, put back when it is read.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::catalogue;
use domain::event::Event;
use domain::fields::Fields;
use domain::local_record::LocalRecordEvent;
use domain::stream::StreamId;
use domain::sync_record::SyncRecordEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Entity → top-level field → whether it is personal.
static PERSONAL: LazyLock<HashMap<&'static str, HashMap<&'static str, bool>>> = LazyLock::new(|| {
    let fields = |entity: &'static catalogue::EntitySchema| {
        entity.fields.iter().map(|field| (field.root(), entity.is_personal(field.root()))).collect()
    };
    catalogue::shipped().iter().map(|entity| (entity.name.as_str(), fields(entity))).collect()
});

/// Takes the personal contents out of `event`, by the name of the member they stood in; none if there are none.
pub(crate) fn take(stream: &StreamId, event: &mut Event) -> Option<Fields> {
    let taken = match event {
        Event::LocalRecord(LocalRecordEvent::Put(put)) => {
            // The names of shipped entities need no escaping in a stream id.
            match stream.id.split('/').nth(1).and_then(|entity| PERSONAL.get(entity)) {
                // A field that the schema does not name is the customer's own.
                Some(known) => fields("fields", &mut put.fields, |name, _| *known.get(name).unwrap_or(&true)),
                None => fields("fields", &mut put.fields, |_, value| has_text(value)),
            }
        }
        Event::SyncRecord(event) => take_remote(event),
        _ => return None,
    };
    (!taken.is_empty()).then_some(taken)
}

fn take_remote(event: &mut SyncRecordEvent) -> Fields {
    use SyncRecordEvent as E;
    let textual = |_: &str, value: &Value| has_text(value);
    match event {
        E::RemoteObserved(seen) => fields("changed", &mut seen.seen.changed, textual),
        E::WriteConfirmed(done) => fields("changed", &mut done.confirmation.stored.changed, textual),
        E::OutcomeResolved(known) => match &mut known.confirmed {
            Some(confirmation) => fields("changed", &mut confirmation.stored.changed, textual),
            None => Fields::new(),
        },
        E::WriteBegun(begun) => fields("used", &mut begun.used, textual),
        E::WriteRejected(rejected) => whole("message", &mut rejected.message),
        E::ConflictDetected(conflict) => whole("collisions", &mut conflict.collisions),
        E::ConflictResolved(resolved) => whole("decisions", &mut resolved.decisions),
        _ => Fields::new(),
    }
}

/// Puts back what `take` took.
pub(super) fn put_back(event: &mut Event, sealed: Fields) {
    for (member, value) in sealed {
        match event {
            Event::LocalRecord(LocalRecordEvent::Put(put)) => extend(&mut put.fields, value),
            Event::SyncRecord(event) => put_back_remote(event, &member, value),
            _ => {}
        }
    }
}

fn put_back_remote(event: &mut SyncRecordEvent, member: &str, value: Value) {
    use SyncRecordEvent as E;
    match (event, member) {
        (E::RemoteObserved(seen), "changed") => extend(&mut seen.seen.changed, value),
        (E::WriteConfirmed(done), "changed") => extend(&mut done.confirmation.stored.changed, value),
        (E::OutcomeResolved(known), "changed") => {
            if let Some(confirmation) = &mut known.confirmed {
                extend(&mut confirmation.stored.changed, value);
            }
        }
        (E::WriteBegun(begun), "used") => extend(&mut begun.used, value),
        (E::WriteRejected(rejected), "message") => restore(&mut rejected.message, value),
        (E::ConflictDetected(conflict), "collisions") => restore(&mut conflict.collisions, value),
        (E::ConflictResolved(resolved), "decisions") => restore(&mut resolved.decisions, value),
        _ => {}
    }
}

/// The top-level fields that are personal.
fn fields(member: &str, all: &mut Fields, personal: impl Fn(&str, &Value) -> bool) -> Fields {
    if !all.iter().any(|(name, value)| personal(name, value)) {
        return Fields::new();
    }
    let (taken, rest) =
        std::mem::take(all).into_iter().partition::<Fields, _>(|(name, value)| personal(name, value));
    *all = rest;
    Fields::from_iter([(member.to_owned(), Value::Object(taken))])
}

/// The whole value, leaving an empty one.
fn whole<T: Default + PartialEq + Serialize>(member: &str, value: &mut T) -> Fields {
    if *value == T::default() {
        return Fields::new();
    }
    let taken = serde_json::to_value(std::mem::take(value)).expect("an event's parts become JSON");
    Fields::from_iter([(member.to_owned(), taken)])
}

fn extend(fields: &mut Fields, value: Value) {
    if let Value::Object(taken) = value {
        fields.extend(taken);
    }
}

fn restore<T: DeserializeOwned>(place: &mut T, value: Value) {
    if let Ok(value) = serde_json::from_value(value) {
        *place = value;
    } else {
        tracing::error!("sealed contents are of another shape than the event's");
    }
}

fn has_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(has_text),
        Value::Object(members) => members.values().any(has_text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
