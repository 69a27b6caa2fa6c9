//! Customers' endpoints that the change feed is sent to, signed as Standard Webhooks says, and what became of it.

mod change;
mod create;
mod delete;
mod deliveries;
mod get;
mod list;
mod redeliver;
mod redeliver_one;
mod rotate_secret;
mod shape;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(create::create, list::list))
        .routes(routes!(get::get, change::change, delete::delete))
        .routes(routes!(rotate_secret::rotate_secret))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(redeliver_one::redeliver_one))
        .routes(routes!(redeliver::redeliver))
}
