//! What a provider can be asked beside record syncs: lookups, submissions, and its lists of codes.

mod list;
mod operate;
mod reference;
mod refresh;
mod shape;
mod submission;
mod submissions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(operate::operate))
        .routes(routes!(submissions::submissions))
        .routes(routes!(submission::submission))
        .routes(routes!(reference::reference))
        .routes(routes!(refresh::refresh))
}
