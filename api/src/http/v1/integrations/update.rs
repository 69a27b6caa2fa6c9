//! `PUT /v1/integrations/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::IntegrationId;
use domain::integration::Integration;
use domain::stream::{Kind, StreamId};

use super::body::UpdateIntegrationBody;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::etag::IfMatch;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Changes name, code, description, settings, address, defaults or limits; what is absent stays.
#[utoipa::path(put, path = "/integrations/{id}", tag = "integrations", params(("id" = String, Path),
    ("If-Match" = Option<String>, Header, description = "The version that reading it showed.")),
    request_body = UpdateIntegrationBody, responses((status = 200, body = Done)))]
pub(super) async fn update(
    State(state): State<AppState>,
    (caller, expected): (Caller, IfMatch),
    Path(id): Path<String>,
    Body(body): Body<UpdateIntegrationBody>,
) -> Result<Response, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let commands = body.commands(state.desk.facts_of(caller.organization, id).await?)?;
    let stream = StreamId::of(Kind::Integration, id.0);
    let done =
        state.desk.change_all::<Integration>(&caller.envelope(), &stream, expected.0, commands).await?;
    Ok(answer::changed(&id, done))
}
