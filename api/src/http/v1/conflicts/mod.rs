//! Conflicts: both sides changed the same thing differently.

mod get;
mod list;
mod resolve;

use domain::stream::Kind;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::resource;
use crate::http::state::AppState;

const VIEW: &str = "v_conflicts";

/// Their routes.
pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(resolve::resolve))
}

/// The row of a conflict; its id begins with its sync record's.
async fn row(state: &AppState, caller: &Caller, id: &str) -> Result<Value, Problem> {
    let id = resource::composed(Kind::SyncRecord, id).id;
    let row = projections::list::get(state.read_store.as_ref(), VIEW, caller.organization, &id).await?;
    row.ok_or_else(|| Problem::not_found("conflict"))
}
