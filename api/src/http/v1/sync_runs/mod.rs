//! Runs: one execution of a sync each.

mod cancel;
mod filter;
mod get;
mod list;
mod progress;
mod records;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

pub(crate) use filter::RunParams;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(records::records))
        .routes(routes!(progress::progress))
        .routes(routes!(cancel::cancel))
}
