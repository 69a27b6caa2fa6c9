//! Why a command to a delivery is refused.

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookDeliveryError {
    /// It was never received.
    #[error("the delivery does not exist: GET …/webhooks/events lists them")]
    NotFound,
    /// It is over.
    #[error("the delivery is {status} already: replay it to have it processed again")]
    Settled {
        /// How it ended.
        status: crate::value::DeliveryStatus,
    },
    /// It is at work.
    #[error("the delivery is waiting to be processed: look again in a moment")]
    Pending,
    /// Its body is gone.
    #[error("the body of the delivery is no longer kept: start an incremental run instead")]
    BodyGone,
}

impl WebhookDeliveryError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "delivery_not_found",
            Self::Settled { .. } => "delivery_settled",
            Self::Pending => "delivery_pending",
            Self::BodyGone => "delivery_body_gone",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        None
    }
}
