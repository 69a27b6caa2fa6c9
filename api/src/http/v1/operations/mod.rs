//! Whether and how it runs.

mod connectors;
mod healthz;
mod limits;
mod metrics;
mod openapi;
mod projections;
mod readyz;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Below `/v1`.
pub(crate) fn versioned() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(projections::projections))
        .routes(routes!(limits::limits))
        .routes(routes!(connectors::connectors))
}

/// At the root, with the token.
pub(crate) fn guarded() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(metrics::metrics))
}

/// At the root, without.
pub(crate) fn open() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(healthz::healthz))
        .routes(routes!(readyz::readyz))
        .routes(routes!(openapi::openapi))
}
