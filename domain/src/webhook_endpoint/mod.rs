//! A customer's own endpoint that the change feed is sent to, signed as Standard Webhooks says.
//!
//! Its address may carry a token, so it lies with the signing secrets in the credential store; the events know its
//! origin only. Deliveries are operational rows, not events: the change they carry is in the log already.

mod aggregate;
mod commands;
mod error;
mod events;
#[cfg(test)]
mod tests;

pub use aggregate::WebhookEndpoint;
pub use commands::{CreateEndpoint, WebhookEndpointCommand};
pub use error::WebhookEndpointError;
pub use events::{
    Subscription, WebhookEndpointChanged, WebhookEndpointCreated, WebhookEndpointDeleted,
    WebhookEndpointDisabled, WebhookEndpointEnabled, WebhookEndpointEvent, WebhookSecretRotated,
};
