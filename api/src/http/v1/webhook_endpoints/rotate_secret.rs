//! `POST /v1/webhook-endpoints/{id}/rotate-secret`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use domain::ids::WebhookEndpointId;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use super::create::no_store;
use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A new secret.
#[derive(Serialize, ToSchema)]
pub(super) struct SecretRotated {
    /// Verifies deliveries from now on. Keep it: it is not shown again.
    secret: String,
    /// Until when deliveries are signed with the old one too.
    old_secret_until: DateTime<Utc>,
}

/// Gives an endpoint a new signing secret. For a day deliveries carry the signatures of both.
#[utoipa::path(post, path = "/webhook-endpoints/{id}/rotate-secret", tag = "webhook endpoints",
    params(("id" = String, Path)), responses((status = 200, body = SecretRotated)))]
pub(super) async fn rotate_secret(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    let (secret, old_secret_until, _) = state.desk.rotate_webhook_secret(&caller.envelope(), id).await?;
    let rotated = SecretRotated { secret: secret.expose_secret().to_owned(), old_secret_until };
    Ok(([no_store()], Json(rotated)).into_response())
}
