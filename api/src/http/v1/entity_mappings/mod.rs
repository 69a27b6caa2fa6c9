//! Entity mappings: which record of ours is which of the provider's.

mod link;
mod list;
mod unlink;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list::list, link::link)).routes(routes!(unlink::unlink))
}
