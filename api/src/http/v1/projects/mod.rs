//! Projects: what integrations are connected for.

mod change;
mod get;
mod list;
mod register;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

const VIEW: &str = "v_projects";

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(register::register, list::list))
        .routes(routes!(get::get, change::change))
}
