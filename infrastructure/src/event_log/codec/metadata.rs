//! Metadata as stored: short keys, ids in 22 characters of base64url, at most 200 bytes with ids of ordinary length.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::ids::CommandId;
use domain::metadata::{Actor, Metadata};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// Marks an opaque id that is a UUID in its short form.
const SHORT: char = '~';

/// What is not here says the stream id, the columns or the payload. Everything is optional on reading, so that rows
/// of other programs load.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Stored<'a> {
    /// Actor: `u:`, `k:` or `s:` and the id.
    #[serde(borrow)]
    a: Cow<'a, str>,
    /// On whose behalf.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    b: Option<Cow<'a, str>>,
    /// Command id.
    #[serde(borrow)]
    c: Cow<'a, str>,
    /// Correlation, where it is another command.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    r: Option<Cow<'a, str>>,
    /// Position of the causing event.
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<u64>,
    /// When it happened, where that differs from when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    o: Option<DateTime<Utc>>,
}

pub(crate) fn write_metadata(metadata: &Metadata) -> String {
    let correlation = metadata.correlation_id;
    let stored = Stored {
        a: actor(&metadata.actor).into(),
        b: metadata.on_behalf_of.as_deref().map(|id| shortened(id).into()),
        c: short(metadata.command_id.0).into(),
        r: (correlation != metadata.command_id).then(|| short(correlation.0).into()),
        k: metadata.causation,
        o: metadata.occurred_at,
    };
    serde_json::to_string(&stored).expect("texts and numbers become JSON")
}

/// Metadata of a stored text. What is missing or foreign becomes the nil command of the system `unknown`.
pub(crate) fn read_metadata(text: &str) -> Metadata {
    let stored: Stored<'_> = serde_json::from_str(text).unwrap_or_default();
    let command_id = long(&stored.c).unwrap_or(CommandId(Uuid::nil()));
    Metadata {
        actor: read_actor(&stored.a),
        on_behalf_of: stored.b.as_deref().map(lengthened),
        command_id,
        correlation_id: stored.r.as_deref().and_then(long).unwrap_or(command_id),
        causation: stored.k,
        occurred_at: stored.o,
    }
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::User(id) => format!("u:{}", shortened(id)),
        Actor::ApiKey(id) => format!("k:{}", shortened(id)),
        Actor::System(name) => format!("s:{name}"),
    }
}

fn read_actor(text: &str) -> Actor {
    match text.split_once(':') {
        Some(("u", id)) => Actor::User(lengthened(id)),
        Some(("k", id)) => Actor::ApiKey(lengthened(id)),
        Some(("s", name)) => Actor::System(name.to_owned()),
        _ => Actor::system("unknown"),
    }
}

fn short(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id.as_bytes())
}

fn long(text: &str) -> Option<CommandId> {
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    Some(CommandId(Uuid::from_bytes(bytes)))
}

/// An opaque id; one that is a UUID in its usual spelling takes 23 characters instead of 36.
fn shortened(id: &str) -> String {
    match Uuid::parse_str(id) {
        Ok(uuid) if uuid.hyphenated().to_string() == id => format!("{SHORT}{}", short(uuid)),
        _ => id.to_owned(),
    }
}

fn lengthened(text: &str) -> String {
    let uuid = text.strip_prefix(SHORT).and_then(long);
    uuid.map_or_else(|| text.to_owned(), |id| id.to_string())
}
