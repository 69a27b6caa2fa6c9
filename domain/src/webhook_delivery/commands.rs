//! What may be asked of a delivery.

use super::events::WebhookReceived;

/// A command to a delivery.
#[derive(Clone, Debug, PartialEq)]
pub enum WebhookDeliveryCommand {
    /// Stores a verified delivery; a second one with the same dedupe id changes nothing.
    Receive(Box<WebhookReceived>),
    /// Records that it was done.
    MarkProcessed,
    /// Records that an attempt failed.
    MarkFailed {
        /// Why.
        reason: String,
        /// Which attempt this was, from 1; one that is recorded already changes nothing.
        attempt: u32,
    },
    /// Records that nothing is to be done about it.
    Ignore {
        /// Why.
        reason: String,
    },
    /// Has it processed again.
    Replay {
        /// Whether its body is still there.
        body_kept: bool,
    },
}
