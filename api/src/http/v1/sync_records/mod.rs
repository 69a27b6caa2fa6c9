//! Sync records: one pair of records each, and what people do about them.

mod dismiss;
mod filter;
mod get;
mod list;
mod resolve_outcome;
mod retry;
mod unlink;
mod whose;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

pub(crate) use filter::RecordParams;
pub(crate) use whose::record_of;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(retry::retry))
        .routes(routes!(dismiss::dismiss))
        .routes(routes!(unlink::unlink))
        .routes(routes!(resolve_outcome::resolve_outcome))
}
