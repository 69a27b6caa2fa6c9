//! A strict, stateful simulator of QuickBooks Online (Accounting API v3, JSON) over real HTTP.
//!
//! Written from the provider's published facts and the field names of its XML Schemas, and from no
//! other code of this workspace: it cannot agree with our mistakes.

mod admin;
mod answer;
mod authorize;
mod batch;
mod business_keys;
mod cdc;
mod clock;
mod company_call;
mod config;
mod decimals;
mod faultbody;
mod kind;
mod limits;
mod query;
mod routes;
mod rules;
mod sandbox;
mod schema;
mod shape;
mod stats;
mod store;
mod tokens;
mod webhooks;
mod write;

#[cfg(test)]
mod tests;

pub use config::{Preference, QuickBooksConfig, RequestIds, WebhookConfig, WebhookShape};
pub use sandbox::{QuickBooksSandbox, start};
pub use stats::Stats;
pub use tokens::Tokens;
