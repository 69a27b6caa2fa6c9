//! Version 1, one folder per noun, one endpoint per file.

pub mod changes;
pub mod configuration_mappings;
pub mod conflicts;
pub mod entity_mappings;
pub mod expressions;
pub mod failures;
pub mod features;
pub mod integrations;
pub mod lookups;
pub mod mappings;
pub mod oauth;
pub mod operations;
pub mod projects;
pub mod providers;
pub mod records;
mod routes;
pub mod schedules;
pub mod sync;
pub mod sync_configs;
pub mod sync_records;
pub mod sync_runs;
pub mod webhooks;

pub use routes::{earlier_routes, open_routes, routes};
