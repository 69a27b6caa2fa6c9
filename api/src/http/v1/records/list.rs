//! `GET /v1/projects/{id}/records/{entity}`

use axum::Json;
use axum::extract::{Path, State};
use projections::local_records::LocalRecordFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::whose::records_of;
use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::params::time;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordParams {
    /// Of this name.
    display_name: Option<String>,
    /// Deleted ones, or live ones; live ones unless given.
    deleted: Option<bool>,
    /// Changed after this time.
    updated_after: Option<String>,
    /// Changed before this time.
    updated_before: Option<String>,
}

/// Lists records of an entity.
#[utoipa::path(get, path = "/projects/{id}/records/{entity}", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path), RecordParams, PageParams),
    responses((status = 200, body = Listing)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity)): Path<(String, String)>,
    listed: Listed<RecordParams>,
) -> Result<Json<Listing>, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let asked = listed.filter;
    let filter = LocalRecordFilter {
        project: Some(of.project),
        entity: Some(of.entity.into()),
        display_name: asked.display_name,
        deleted: Some(asked.deleted.unwrap_or(false)),
        updated_after: time("updated_after", asked.updated_after.as_deref())?,
        updated_before: time("updated_before", asked.updated_before.as_deref())?,
        ..LocalRecordFilter::of(caller.organization)
    };
    page::answer(&state, &filter, &listed.page).await
}
