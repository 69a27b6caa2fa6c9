//! A strict, stateful simulator of Xero (OAuth 2.0, connections, Accounting API 2.0 in JSON,
//! webhooks) over real HTTP.
//!
//! Written from the provider's published facts and its official OpenAPI description, and from no
//! other code of this workspace: it cannot agree with our mistakes.

mod call;
mod config;
mod dates;
mod desk;
mod dispatch;
mod identity;
mod kind;
mod limits;
mod people;
mod query;
mod refusal;
mod render;
mod routes;
mod rules;
mod sandbox;
mod schema;
mod store;
mod webhooks;
mod write;

#[cfg(test)]
mod tests;

pub use config::{IdempotencyKeys, Limits, Organisation, WebhookConfig, XeroConfig};
pub use sandbox::{XeroSandbox, start};
