//! Outgoing webhooks: changes of the feed become deliveries to customers' endpoints.
//!
//! 1. A record of ours changes → one delivery per live endpoint that takes it.
//! 2. An endpoint is enabled again → what it missed is sent.

mod manager;
#[cfg(test)]
mod tests;

pub use manager::OutgoingWebhooks;

/// Its name.
pub const NAME: &str = "outgoing_webhooks";
