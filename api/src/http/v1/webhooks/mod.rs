//! Webhooks of providers: taken in, looked at, processed again.

mod get_event;
mod greet;
mod greet_for;
mod list_events;
mod list_rejections;
mod receive;
mod receive_for;
mod replay;
mod take;
mod whose;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// What needs the token.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list_events::list_events))
        .routes(routes!(get_event::get_event))
        .routes(routes!(replay::replay))
        .routes(routes!(list_rejections::list_rejections))
}

/// What providers call; their signature is the token.
pub(crate) fn open_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(receive::receive, greet::greet))
        .routes(routes!(receive_for::receive_for, greet_for::greet_for))
}
