//! A strict, stateful simulator of Plaid (API version 2020-09-14: Link, items, accounts,
//! transactions, webhooks) over real HTTP.
//!
//! Written from the provider's published facts and its OpenAPI document, and from no other code of
//! this workspace: it cannot agree with our mistakes.

mod admin;
mod bank;
mod calls;
mod config;
mod endpoints;
mod fields;
mod item;
mod limits;
mod link;
mod refusal;
mod routes;
mod sandbox;
mod signing;
mod transaction;
mod webhooks;
mod world;

#[cfg(test)]
mod tests;

pub use config::{Environment, PerMinute, PlaidConfig, PlaidLimits};
pub use sandbox::{PlaidSandbox, start};
