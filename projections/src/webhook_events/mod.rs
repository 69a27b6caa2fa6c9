//! Webhook deliveries: one row each, kept when the integration is deleted.

mod projection;
mod query;
mod row;
#[cfg(test)]
mod tests;

pub use projection::WebhookEventProjection;
pub use query::{WebhookEventFilter, view};
pub use row::WebhookEventRow;
