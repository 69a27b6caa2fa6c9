//! Version 1, one folder per noun, one endpoint per file.
#![expect(unused_qualifications, reason = "utoipa's macros qualify what they name")]

pub(crate) mod changes;
pub(crate) mod configuration_mappings;
pub(crate) mod conflicts;
pub(crate) mod entity_mappings;
pub(crate) mod expressions;
pub(crate) mod failures;
pub(crate) mod features;
pub(crate) mod integrations;
pub(crate) mod lookups;
pub(crate) mod mappings;
pub(crate) mod oauth;
pub(crate) mod operations;
pub(crate) mod projects;
pub(crate) mod provider_operations;
pub(crate) mod providers;
pub(crate) mod records;
mod routes;
pub(crate) mod schedules;
pub(crate) mod sync;
pub(crate) mod sync_configs;
pub(crate) mod sync_records;
pub(crate) mod sync_runs;
pub(crate) mod webhook_endpoints;
mod webhooks;

pub(crate) use routes::{earlier_routes, open_routes, routes};
