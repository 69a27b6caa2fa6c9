//! `/v1/integration_collection_mappings`

mod create;
mod delete;
mod list;
mod shape;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

const WHAT: &str = "collection mapping";

/// Their routes.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(create::create, list::list))
        .routes(routes!(update::update, delete::delete))
}
