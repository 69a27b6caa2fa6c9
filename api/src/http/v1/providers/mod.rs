//! The catalogue: what can be connected, and an organization's own registrations with it.

mod get;
mod list;
mod put_credentials;
mod shape;
mod test;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

pub(in crate::http::v1) use shape::fields;
pub(crate) use shape::{SetupShape, summary};

/// Its routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(put_credentials::put_credentials))
        .routes(routes!(test::test))
}
