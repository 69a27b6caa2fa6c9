//! `PATCH /v1/webhook-endpoints/{id}`

use application::command_handlers::EndpointChange;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::WebhookEndpointId;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::shape;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// What changes; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeEndpointBody {
    /// Another address.
    #[schema(value_type = Option<String>)]
    url: Option<SecretString>,
    /// Another description.
    description: Option<String>,
    /// Together with `project_id`: what it is sent from now on.
    event_types: Option<Vec<String>>,
    /// Only changes of this project; taken with `event_types`.
    #[schema(value_type = Option<String>, format = Uuid)]
    project_id: Option<String>,
    /// `false` sends it nothing; `true` again, and what it missed.
    enabled: Option<bool>,
}

/// Changes an endpoint, or switches it off and on. What it missed while it was off is sent when it is on again.
#[utoipa::path(patch, path = "/webhook-endpoints/{id}", tag = "webhook endpoints",
    params(("id" = String, Path)), request_body = ChangeEndpointBody, responses((status = 200, body = Done)))]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ChangeEndpointBody>,
) -> Result<Response, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    let subscription = match (body.event_types, body.project_id) {
        (None, None) => None,
        (types, project) => Some(shape::subscription(project.as_deref(), types.unwrap_or_default())?),
    };
    let change = EndpointChange { url: body.url, description: body.description, subscription };
    let envelope = caller.envelope();
    let mut done = state.desk.change_webhook_endpoint(&envelope, id, change).await?;
    if let Some(enabled) = body.enabled {
        done = state.desk.switch_webhook_endpoint(&caller.envelope(), id, enabled).await?;
    }
    Ok(answer::changed(&id, done))
}
