//! A provider's delivery: verified before anything enters the log, stored before it is acknowledged, then processed.
//!
//! Its stream is (integration, dedupe id), so a delivery that comes twice is one. The body lies in the blob store.

mod aggregate;
mod commands;
mod error;
mod events;
#[cfg(test)]
mod tests;

pub use aggregate::WebhookDelivery;
pub use commands::WebhookDeliveryCommand;
pub use error::WebhookDeliveryError;
pub use events::{
    Body, WebhookDeliveryEvent, WebhookFailed, WebhookIgnored, WebhookProcessed, WebhookReceived,
    WebhookReplayed,
};
