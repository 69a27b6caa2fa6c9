//! A strict, stateful simulator of NetSuite (SuiteTalk REST records, SuiteQL, token-based
//! authentication and OAuth 2.0) over real HTTP.
//!
//! Written from the provider's published facts, and from no other code of this workspace: it
//! cannot agree with our mistakes.

mod auth;
mod call;
mod catalog;
mod config;
mod desk;
mod dispatch;
mod jobs;
mod kind;
mod record;
mod refusal;
mod routes;
mod sandbox;
mod store;
mod suiteql;
mod times;

#[cfg(test)]
mod tests;

pub use config::{Certificate, CustomField, DateFormat, IdempotencyKeys, NetSuiteConfig};
pub use sandbox::{NetSuiteSandbox, start};
