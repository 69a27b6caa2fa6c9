//! What differs between the prefixes.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    catalogue, connect, connected, create, deadlines, delete, disable, disconnect, disconnect_by_delete,
    enable, get, list, put_credentials, realms, select_realm, test, update,
};
use crate::http::state::AppState;

/// What means the same under both prefixes.
pub(crate) fn shared_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(connected::connected))
        .routes(routes!(enable::enable))
        .routes(routes!(disable::disable))
        .routes(routes!(disconnect::disconnect))
        .routes(routes!(test::test))
        .routes(routes!(put_credentials::put_credentials))
        .routes(routes!(connect::connect))
        .routes(routes!(realms::realms))
        .routes(routes!(select_realm::select_realm))
        .routes(routes!(deadlines::deadlines))
}

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
