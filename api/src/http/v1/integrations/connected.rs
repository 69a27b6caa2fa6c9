//! `GET /v1/integrations/connected`

use axum::Json;
use axum::extract::State;
use domain::value::Connection;

use super::list::IntegrationParams;
use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Lists integrations that are connected; those whose calls fail now among them.
#[utoipa::path(get, path = "/integrations/connected", tag = "integrations", params(IntegrationParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn connected(
    State(state): State<AppState>,
    caller: Caller,
    listed: Listed<IntegrationParams>,
) -> Result<Json<Listing>, Problem> {
    let mut filter = listed.filter.filter(&caller)?;
    if filter.connection.is_empty() {
        filter.connection = vec![Connection::Connected, Connection::Error];
    }
    page::answer(&state, &filter, &listed.page).await
}
