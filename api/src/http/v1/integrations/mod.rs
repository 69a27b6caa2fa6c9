//! Integrations: one provider connected for one project.

mod body;
mod catalogue;
mod connect;
mod connected;
mod create;
mod delete;
mod disable;
mod disconnect;
mod disconnect_by_delete;
mod enable;
mod get;
mod list;
mod put_credentials;
mod test;
mod update;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::state::AppState;

pub(crate) use put_credentials::SecretsBody;
pub(crate) use test::TestOutcome;

const VIEW: &str = "v_project_integrations";

/// What means the same under both prefixes.
pub(crate) fn shared_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(connected::connected))
        .routes(routes!(enable::enable))
        .routes(routes!(disable::disable))
        .routes(routes!(disconnect::disconnect))
        .routes(routes!(test::test))
        .routes(routes!(put_credentials::put_credentials))
        .routes(routes!(connect::connect))
}

mod prefixed;
pub(crate) use prefixed::{earlier_routes, routes};
