//! Field mappings: single rules, the whole mapping, the fields they join, and what they would make of a record.

mod create;
mod delete;
mod edit;
mod get_whole;
mod list;
mod local_fields;
mod preview;
mod put;
mod put_whole;
mod remote_fields;
mod rule;
mod versions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list, create::create))
        .routes(routes!(put::put, delete::delete))
        .routes(routes!(local_fields::local_fields))
        .routes(routes!(remote_fields::remote_fields))
        .routes(routes!(get_whole::get_whole, put_whole::put_whole))
        .routes(routes!(versions::versions))
        .routes(routes!(preview::preview))
}
