//! `GET /v1/integrations/{id}/fields/local`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::catalogue;
use domain::ids::IntegrationId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::providers::fields;

/// Which entity.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EntityParams {
    /// The entity, by its name.
    pub(super) entity: String,
}

/// Fields of an entity.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldList {
    /// The entity.
    pub(super) entity: String,
    /// Its fields.
    #[schema(value_type = Vec<Object>)]
    pub(super) items: Vec<Value>,
    /// Whether fields that are not listed may be used too.
    pub(super) custom_fields: bool,
}

/// Lists the fields of an entity of ours.
#[utoipa::path(get, path = "/integrations/{id}/fields/local", tag = "field mappings",
    params(("id" = String, Path), EntityParams), responses((status = 200, body = FieldList)))]
pub(super) async fn local_fields(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(EntityParams { entity }): Params<EntityParams>,
) -> Result<Json<FieldList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    state.desk.routes().await?.integration_of(caller.organization, id)?;
    let schema = catalogue::find(&entity).ok_or_else(|| Problem::not_found("entity"))?;
    Ok(Json(FieldList { items: fields(&schema.fields), entity, custom_fields: true }))
}
