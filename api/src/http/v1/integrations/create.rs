//! `POST /v1/integrations`

use axum::extract::State;
use axum::response::Response;
use domain::ids::DEFAULT_PROJECT;

use super::body::CreateIntegrationBody;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Creates an integration, disconnected and disabled; one per project and provider.
#[utoipa::path(post, path = "/integrations", tag = "integrations", request_body = CreateIntegrationBody,
    responses((status = 201, body = Done)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<CreateIntegrationBody>,
) -> Result<Response, Problem> {
    let new = body.into_new(DEFAULT_PROJECT)?;
    let (id, done) = state.desk.create_integration(&caller.envelope(), new).await?;
    Ok(answer::created("/v1/integrations", &id, done))
}
