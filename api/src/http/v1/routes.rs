//! Which nouns stand under which prefix.

use utoipa_axum::router::OpenApiRouter;

use super::{
    changes, configuration_mappings, conflicts, entity_mappings, expressions, failures, features,
    integrations, lookups, mappings, oauth, operations, projects, provider_operations, providers, records,
    schedules, sync, sync_configs, sync_records, sync_runs, webhook_endpoints, webhooks,
};
use crate::http::state::AppState;

/// `/v1`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    shared()
        .merge(integrations::routes())
        .merge(projects::routes())
        .merge(providers::routes())
        .merge(provider_operations::routes())
        .merge(sync_configs::routes())
        .merge(sync_runs::routes())
        .merge(failures::routes())
        .merge(expressions::routes())
        .merge(schedules::routes())
        .merge(configuration_mappings::routes())
        .merge(records::routes())
        .merge(sync_records::routes())
        .merge(changes::routes())
        .merge(webhook_endpoints::routes())
        .merge(entity_mappings::routes())
        .merge(conflicts::routes())
        .merge(operations::versioned())
}

/// `/api/v1`: the paths of an earlier system. Its list is the catalogue, and its delete disconnects.
pub(crate) fn earlier_routes() -> OpenApiRouter<AppState> {
    shared().merge(integrations::earlier_routes())
}

/// What both prefixes share.
fn shared() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .merge(integrations::shared_routes())
        .merge(features::routes())
        .merge(lookups::routes())
        .merge(oauth::routes())
        .merge(sync::routes())
        .merge(mappings::routes())
        .merge(webhooks::routes())
}

/// What needs no token, under both prefixes.
pub(crate) fn open_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().merge(oauth::open_routes()).merge(webhooks::open_routes())
}
