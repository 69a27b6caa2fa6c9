//! Syncing an integration: start, status, history, configs.

mod history;
mod list_configs;
mod put_config;
mod start;
mod status;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Its routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(start::start))
        .routes(routes!(status::status))
        .routes(routes!(history::history))
        .routes(routes!(list_configs::list_configs, put_config::put_config))
}
