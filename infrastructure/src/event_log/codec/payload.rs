//! Payloads: JSON text out of events, and events out of JSON text.

use domain::event::Event;

use super::super::upcast::{self, Upcaster};
use super::names;

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// No event has this name and version.
    #[error("no event is called `{name}` version {version}: it is of a newer program, or of another")]
    Unknown {
        /// The stored name.
        name: String,
        /// The stored version.
        version: String,
    },
    /// The payload is not that event's.
    #[error("an event `{name}` version {version} does not read: {why}")]
    Payload {
        /// The stored name.
        name: String,
        /// The stored version.
        version: String,
        /// The parser's words: a place and a type, never a value.
        why: String,
    },
}

/// The payload of `event` as JSON text.
pub(crate) fn write(event: &Event) -> Vec<u8> {
    let mut payload = Vec::with_capacity(512);
    names::write(event, &mut payload)
        .expect("an event's keys are text and memory does not fail to be written");
    payload
}

/// The event of a stored name, version and payload; old shapes pass through `upcasters` first.
pub(crate) fn read(
    name: &str,
    version: &str,
    payload: &str,
    upcasters: &[Upcaster],
) -> Result<Event, CodecError> {
    let failed = |error: serde_json::Error| CodecError::Payload {
        name: name.to_owned(),
        version: version.to_owned(),
        why: format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column()),
    };
    if let Some((version, payload)) = upcast::upcast(name, version, payload, upcasters).map_err(failed)? {
        return read(name, version, &payload, &[]);
    }
    let unknown = || CodecError::Unknown { name: name.to_owned(), version: version.to_owned() };
    names::read(name, version, payload).ok_or_else(unknown)?.map_err(failed)
}
