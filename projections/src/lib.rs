//! Read models: pure folds of events into rows with typed columns, and the views under which they are read.
//!
//! A projection knows one event and one row at a time ([`projection::Projection`]). The [`runner::Runner`] feeds all
//! of them from the log; [`as_of`] folds a prefix of it into memory. Everything here can be dropped and made again.

pub mod as_of;
pub mod conflicts;
pub mod documentation;
pub mod features;
pub mod field_mappings;
pub mod integrations;
pub mod list;
pub mod local_records;
pub mod projection;
pub mod projects;
mod publication;
pub mod rebuild;
pub mod row;
pub mod runner;
pub mod sync_configs;
pub mod sync_records;
pub mod sync_runs;
pub mod view;
pub mod webhook_events;

#[cfg(test)]
mod testing;

use std::sync::Arc;

use projection::ErasedProjection;
use view::View;

/// Every projection of Headwater.
pub fn all() -> Vec<Arc<dyn ErasedProjection>> {
    vec![
        Arc::new(projects::ProjectProjection),
        Arc::new(integrations::IntegrationProjection),
        Arc::new(features::FeatureProjection),
        Arc::new(sync_configs::SyncConfigProjection),
        Arc::new(field_mappings::FieldMappingProjection),
        Arc::new(sync_runs::SyncRunProjection),
        Arc::new(sync_records::SyncRecordProjection),
        Arc::new(local_records::LocalRecordProjection),
        Arc::new(conflicts::ConflictProjection),
        Arc::new(webhook_events::WebhookEventProjection),
    ]
}

/// Every view of Headwater, in the order of the documentation.
pub fn views() -> Vec<View> {
    vec![
        projects::view(),
        integrations::view(),
        features::view(),
        sync_configs::view(),
        field_mappings::view(),
        sync_runs::view(),
        sync_records::view(),
        sync_records::errors_view(),
        sync_records::mappings_view(),
        local_records::view(),
        conflicts::view(),
        webhook_events::view(),
    ]
}
