//! A strict, stateful simulator of a Shopify shop (Admin GraphQL API) over real HTTP.
//!
//! Written from the provider's published facts and from no other code of this workspace. Requests
//! are really parsed and checked against a schema of the part that is modelled; anything outside
//! it is refused as the provider refuses an unknown field, and counted in `not_modelled`.

mod app;
mod bulk;
mod call;
mod change;
mod config;
mod graph;
mod hands;
mod keys;
mod oauth;
mod payload;
mod rest;
mod sandbox;
mod store;
mod tokens;
mod versions;
mod webhooks;

#[cfg(test)]
mod tests;

pub use app::ShopState;
pub use config::{AppKind, ShopifyConfig, WebhookConfig};
pub use sandbox::{ShopifySandbox, start};
pub use tokens::ShopifyTokens;
