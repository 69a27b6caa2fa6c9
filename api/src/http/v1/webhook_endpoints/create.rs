//! `POST /v1/webhook-endpoints`

use application::command_handlers::{NewEndpoint, Within as _};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shape;
use crate::http::at_least;
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A new endpoint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateEndpointBody {
    /// Where deliveries are posted; HTTPS to a public address unless the operator allows otherwise.
    #[schema(value_type = String, example = "https://shop.example.com/hooks/headwater")]
    url: SecretString,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// Only changes of this project.
    #[schema(value_type = Option<String>, format = Uuid)]
    project_id: Option<String>,
    /// Only these types: `invoice.updated`, or `invoice.*` for every change of an entity.
    #[serde(default)]
    event_types: Vec<String>,
}

/// A new endpoint's secret.
#[derive(Serialize, ToSchema)]
pub(super) struct EndpointCreated {
    /// Its id.
    id: String,
    /// Verifies deliveries (Standard Webhooks). Keep it: it is not shown again.
    secret: String,
    /// Read with `at_least` this to see it.
    position: String,
}

/// Makes an endpoint that the change feed is sent to. The secret in the answer is shown once.
#[utoipa::path(post, path = "/webhook-endpoints", tag = "webhook endpoints",
    request_body = CreateEndpointBody, responses((status = 201, body = EndpointCreated)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<CreateEndpointBody>,
) -> Result<Response, Problem> {
    let subscription = shape::subscription(body.project_id.as_deref(), body.event_types)?;
    if let Some(project) = subscription.project {
        state.desk.routes().await?.project_of(caller.organization, project)?;
    }
    let new = NewEndpoint { url: body.url, description: body.description, subscription };
    let (id, secret, done) = state.desk.create_webhook_endpoint(&caller.envelope(), new).await?;
    let created = EndpointCreated {
        id: id.to_string(),
        secret: secret.expose_secret().to_owned(),
        position: at_least::encode(done.position),
    };
    let place = [(header::LOCATION, format!("/v1/webhook-endpoints/{id}")), no_store()];
    Ok((StatusCode::CREATED, place, Json(created)).into_response())
}

/// A secret is in the answer.
pub(super) fn no_store() -> (header::HeaderName, String) {
    (header::CACHE_CONTROL, "no-store".to_owned())
}
