//! Sync configs: what is kept in step, and how.

mod body;
mod delete;
mod get;
mod put;
mod read;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

pub(crate) use body::{ConfigDone, SettingsBody, written};
pub(crate) use read::{present, read_schedule, read_trigger};

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(get::get, put::put, delete::delete))
}
