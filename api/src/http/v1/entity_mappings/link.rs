//! `POST /v1/entity-mappings`

use application::command_handlers::{LinkRecords, Within as _};
use axum::extract::State;
use axum::response::Response;
use domain::ids::{IntegrationId, SyncConfigId};
use domain::value::RemoteId;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What belongs together: named by the sync config, or by integration and entity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkBody {
    /// The sync config that will keep the two in step.
    sync_config_id: Option<Uuid>,
    /// The integration, where no sync config is named.
    integration_id: Option<Uuid>,
    /// Our entity, where no sync config is named.
    entity: Option<String>,
    /// Our side's id.
    local_id: String,
    /// The provider's id.
    #[schema(value_type = String)]
    external_id: RemoteId,
}

/// Links a record of ours with one of the provider's, which is read next.
#[utoipa::path(post, path = "/entity-mappings", tag = "entity mappings", request_body = LinkBody,
    responses((status = 201, body = Done)))]
pub(super) async fn link(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<LinkBody>,
) -> Result<Response, Problem> {
    let config = config_of(&state, &caller, &body).await?;
    let link = LinkRecords { config, local_id: body.local_id, external_id: body.external_id };
    let (key, done) = state.desk.link_records(&caller.envelope(), &link).await?;
    Ok(answer::created("/v1/entity-mappings", &key.stream().id, done))
}

async fn config_of(state: &AppState, caller: &Caller, body: &LinkBody) -> Result<SyncConfigId, Problem> {
    let routes = state.desk.routes().await?;
    if let Some(id) = body.sync_config_id.map(SyncConfigId) {
        routes.config_of(caller.organization, id).map_err(|_| unknown("sync_config_id"))?;
        return Ok(id);
    }
    let (Some(id), Some(entity)) = (body.integration_id.map(IntegrationId), &body.entity) else {
        return Err(Problem::invalid(
            "sync_config_id",
            "name the sync config, or the integration and the entity",
        ));
    };
    routes.integration_of(caller.organization, id).map_err(|_| unknown("integration_id"))?;
    routes.entity_config(id, entity).ok_or_else(|| unknown("entity"))
}

fn unknown(field: &str) -> Problem {
    Problem::invalid(field, format!("{field} names nothing here: list them to see what there is"))
}
