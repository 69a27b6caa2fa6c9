//! `POST /v1/sync-configs/{id}/mapping/preview`

use application::command_handlers::{MappingGiven, Preview, Previewed};
use axum::Json;
use axum::extract::{Path, State};
use domain::fields::Fields;
use domain::ids::SyncConfigId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;

/// What to try.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// The mapping to try; the sync config's own unless given.
    #[schema(value_type = Option<Object>)]
    field_mappings: Option<Value>,
    /// A record of ours.
    #[schema(value_type = Option<Object>)]
    record: Option<Fields>,
    /// A stored record of ours.
    local_id: Option<String>,
    /// A record of the provider's.
    #[schema(value_type = Option<Object>)]
    remote_record: Option<Fields>,
}

/// What came of it. Nothing is stored, nothing is sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreviewAnswer {
    /// What would be sent.
    #[schema(value_type = Option<Object>)]
    outbound: Option<Fields>,
    /// What our record would become.
    #[schema(value_type = Option<Object>)]
    inbound: Option<Fields>,
    /// What is in the way.
    errors: Vec<FieldError>,
    /// Records it would wait for, as `<entity>/<id>`.
    waits_for: Vec<String>,
}

impl From<Previewed> for PreviewAnswer {
    fn from(tried: Previewed) -> Self {
        let errors = tried.problems.into_iter();
        Self {
            outbound: tried.outbound,
            inbound: tried.inbound,
            errors: errors.map(|fault| FieldError { field: fault.field, message: fault.message }).collect(),
            waits_for: tried.waits_for.iter().map(|need| format!("{}/{}", need.entity, need.id)).collect(),
        }
    }
}

/// Tries a mapping on a sample record.
#[utoipa::path(post, path = "/sync-configs/{id}/mapping/preview", tag = "field mappings",
    params(("id" = String, Path)), request_body = PreviewBody, responses((status = 200, body = PreviewAnswer)))]
pub(super) async fn preview(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<PreviewBody>,
) -> Result<Json<PreviewAnswer>, Problem> {
    let id: SyncConfigId = params::id(&id, "sync config")?;
    let mapping = body.field_mappings.as_ref().map(|given| MappingGiven::read("field_mappings", given));
    let preview = Preview {
        mapping: mapping.transpose()?.map(|given| given.0),
        record: body.record,
        local_id: body.local_id,
        remote_record: body.remote_record,
    };
    Ok(Json(state.desk.preview_mapping(caller.organization, id, preview).await?.into()))
}
