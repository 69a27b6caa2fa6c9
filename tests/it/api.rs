//! The HTTP interface through its router: what clients rely on.

pub(crate) mod client;
mod connecting;
mod conventions;
mod journey;
mod records;
mod tenants;
mod webhooks;
