//! Who did what, on whose behalf, because of what: carried beside every event.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{CommandId, OrganizationId};
use crate::stream::StreamId;

/// Who acted. Never an e-mail, a name or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, by opaque id.
    User(String),
    /// A service, by the id of its API key.
    ApiKey(String),
    /// A part of Headwater itself, by name (`outbound_sync`).
    System(String),
}

impl Actor {
    /// A part of Headwater itself.
    pub fn system(name: &str) -> Self {
        Self::System(name.to_owned())
    }

    /// The stored form: `user:…`, `api_key:…`, `system:…`.
    pub fn as_text(&self) -> String {
        match self {
            Self::User(id) => format!("user:{id}"),
            Self::ApiKey(id) => format!("api_key:{id}"),
            Self::System(name) => format!("system:{name}"),
        }
    }

    /// The actor of a stored text; an unknown prefix is read as a user.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some(("api_key", id)) => Self::ApiKey(id.to_owned()),
            Some(("system", name)) => Self::System(name.to_owned()),
            Some(("user", id)) => Self::User(id.to_owned()),
            _ => Self::User(text.to_owned()),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.as_text())
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

/// What travels with a command into the events that follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who acted.
    pub actor: Actor,
    /// On whose behalf, when that is somebody else.
    pub on_behalf_of: Option<String>,
    /// The command.
    pub command_id: CommandId,
    /// The first command of the chain this one belongs to; equals `command_id` for the first.
    pub correlation_id: CommandId,
    /// Position of the event that caused the command.
    pub causation: Option<u64>,
    /// When it happened, where that differs from when it was recorded.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl Metadata {
    /// Metadata of a first command.
    pub fn new(actor: Actor, command_id: CommandId) -> Self {
        Self {
            actor,
            on_behalf_of: None,
            command_id,
            correlation_id: command_id,
            causation: None,
            occurred_at: None,
        }
    }
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<E> {
    /// Place in the one global order; strictly increasing, may have holes.
    pub position: u64,
    /// The tenant.
    pub organization: OrganizationId,
    /// The stream.
    pub stream: StreamId,
    /// Place in the stream, from 1, dense.
    pub sequence: u64,
    /// When the log took it; never decreases along positions.
    pub recorded_at: DateTime<Utc>,
    /// What happened.
    pub event: E,
    /// Who, why.
    pub metadata: Metadata,
}
