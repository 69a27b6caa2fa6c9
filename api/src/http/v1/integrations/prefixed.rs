//! What differs between the prefixes.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{catalogue, create, delete, disconnect_by_delete, get, list, update};
use crate::http::state::AppState;

/// Under `/v1`.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(create::create, list::list)).routes(routes!(
        get::get,
        update::update,
        delete::delete
    ))
}

/// Under `/api/v1`: the list is the catalogue, and deleting disconnects.
pub(crate) fn earlier_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(create::create, catalogue::catalogue)).routes(routes!(
        get::get,
        update::update,
        disconnect_by_delete::disconnect_by_delete
    ))
}
