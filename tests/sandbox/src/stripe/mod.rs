//! A strict, stateful simulator of Stripe (API v1, event destinations, Connect) over real HTTP.
//!
//! Written from the provider's published facts and its OpenAPI document, and from no other code of
//! this workspace: it cannot agree with our mistakes.

mod actions;
mod admin;
mod admission;
mod answering;
mod business_keys;
mod call;
mod callers;
mod config;
mod connect;
mod currency;
mod endpoints;
mod events;
mod expand;
mod form;
mod idempotency;
mod kind;
mod ledger;
mod limits;
mod list;
mod params;
mod refusal;
mod render;
mod routes;
mod sandbox;
mod schema;
mod search;
mod version;
mod work;
mod world;

#[cfg(test)]
mod tests;

pub use config::{Access, IdempotencyKeys, RestrictedKey, StripeConfig, WebhookConfig};
pub use sandbox::{StripeSandbox, start};
