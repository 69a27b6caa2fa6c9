//! Authorizations: begun, called back, refreshed, looked at.

mod attempt;
mod authorize;
mod callback;
mod delete_attempt;
mod get_attempt;
mod refresh;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// What needs the token.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(authorize::authorize))
        .routes(routes!(refresh::refresh))
        .routes(routes!(get_attempt::get_attempt, delete_attempt::delete_attempt))
}

/// What a provider sends a browser to; its one-time state is the token.
pub(crate) fn open_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(callback::callback))
}
