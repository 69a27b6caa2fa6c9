//! A strict, stateful simulator of a HubSpot account (CRM objects v3 and 2026-03, associations v4)
//! over real HTTP.
//!
//! Written from the provider's published facts and from no other code of this workspace. What is
//! not modelled is refused in the provider's error body and counted in `not_modelled`.

mod app;
mod associations;
mod batch;
mod call;
mod config;
mod definitions;
mod events;
mod hands;
mod keys;
mod oauth;
mod objects;
mod portal;
mod problem;
mod properties;
mod sandbox;
mod search;
mod settings;

#[cfg(test)]
mod tests;

pub use config::{HubSpotConfig, WebhookConfig};
pub use sandbox::{HubSpotSandbox, start};
