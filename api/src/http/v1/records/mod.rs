//! Records of our side.

mod batch;
mod delete;
mod get;
mod lines;
mod list;
mod put;
mod send;
mod sync_state;
mod validate;
mod whose;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(batch::batch))
        .routes(routes!(validate::validate))
        .routes(routes!(put::put, get::get, delete::delete))
        .routes(routes!(send::send))
        .routes(routes!(sync_state::sync_state))
}
