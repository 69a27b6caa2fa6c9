//! `GET /v1/integrations/{id}/fields/remote`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;

use super::local_fields::{EntityParams, FieldList};
use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::providers::fields;

/// Lists the fields of an entity of the provider's, as its manifest says.
#[utoipa::path(get, path = "/integrations/{id}/fields/remote", tag = "field mappings",
    params(("id" = String, Path), EntityParams), responses((status = 200, body = FieldList)))]
pub(super) async fn remote_fields(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(EntityParams { entity }): Params<EntityParams>,
) -> Result<Json<FieldList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let routes = state.desk.routes().await?;
    let identity = routes.integration_of(caller.organization, id)?.state.identity.as_ref();
    let provider = state.desk.provider(&identity.map(|known| known.provider.clone()).unwrap_or_default())?;
    let remote = provider.entities.get(&entity).ok_or_else(|| Problem::not_found("entity"))?;
    let custom_fields = remote.shape.open || remote.shape.fields.is_empty();
    Ok(Json(FieldList { items: fields(&remote.shape.fields), entity, custom_fields }))
}
