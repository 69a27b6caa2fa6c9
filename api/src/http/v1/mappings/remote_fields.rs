//! `GET /v1/integrations/{id}/fields/remote`

use application::command_handlers::Within as _;
use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::local_fields::FieldList;
use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::providers::fields;

/// Which entity, and how well.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RemoteParams {
    /// The entity, by the provider's name.
    entity: String,
    /// `true` asks the provider for fields that only this connection has, too: custom ones. One that is mapped is read
    /// and written like any other.
    #[serde(default)]
    own: bool,
}

/// Lists the fields of an entity of the provider's, as its manifest says; on demand with those that only this connection
/// has.
#[utoipa::path(get, path = "/integrations/{id}/fields/remote", tag = "field mappings",
    params(("id" = String, Path), RemoteParams), responses((status = 200, body = FieldList)))]
pub(super) async fn remote_fields(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(RemoteParams { entity, own }): Params<RemoteParams>,
) -> Result<Json<FieldList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let routes = state.desk.routes().await?;
    let identity = routes.integration_of(caller.organization, id)?.state.identity.as_ref();
    let provider = state.desk.provider(&identity.map(|known| known.provider.clone()).unwrap_or_default())?;
    let remote = provider.entities.get(&entity).ok_or_else(|| Problem::not_found("entity"))?;
    let custom_fields = remote.shape.open || remote.shape.fields.is_empty();
    let mut items = fields(&remote.shape.fields);
    if own {
        items.extend(fields(&state.desk.own_fields(caller.organization, id, &entity).await?));
    }
    Ok(Json(FieldList { entity, items, custom_fields }))
}
