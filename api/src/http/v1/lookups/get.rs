//! `GET /v1/integrations/{id}/lookups/{name}`

use std::collections::BTreeMap;

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::answer::with_version;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A lookup table.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Lookup {
    /// Its name.
    name: String,
    /// Our value → the provider's.
    table: BTreeMap<String, String>,
    /// How often a table of the integration was set; half of every mapping version, and the ETag.
    number: u32,
}

/// Shows a lookup table.
#[utoipa::path(get, path = "/integrations/{id}/lookups/{name}", tag = "lookups",
    params(("id" = String, Path), ("name" = String, Path)), responses((status = 200, body = Lookup)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let routes = state.desk.routes().await?;
    let integration = &routes.integration_of(caller.organization, id)?.state;
    let table = integration.lookups.get(&name).cloned().ok_or_else(|| Problem::not_found("lookup table"))?;
    let number = integration.lookups_number;
    Ok(with_version(Some(u64::from(number)), Json(Lookup { name, table, number })))
}
