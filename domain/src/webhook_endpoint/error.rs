//! Why a command to an endpoint is refused.

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookEndpointError {
    /// It is not there.
    #[error("the webhook endpoint does not exist: GET /v1/webhook-endpoints lists them")]
    NotFound,
    /// The id is taken.
    #[error("the webhook endpoint exists already: change it instead")]
    Exists,
    /// A type that no change has.
    #[error(
        "`{given}` is no type of change: write <entity>.<created|updated|deleted|erased>, or <entity>.* for all of them"
    )]
    EventType {
        /// What was given.
        given: String,
    },
}

impl WebhookEndpointError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "webhook_endpoint_not_found",
            Self::Exists => "webhook_endpoint_exists",
            Self::EventType { .. } => "event_type_unknown",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::EventType { .. } => Some("event_types"),
            Self::NotFound | Self::Exists => None,
        }
    }
}
