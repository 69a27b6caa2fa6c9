//! `POST /v1/webhook-endpoints/{id}/redeliver`

use application::jobs::redeliver_webhooks::Redelivery;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::ids::WebhookEndpointId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedeliverBody {
    /// From when on.
    from: DateTime<Utc>,
    /// Until when; now unless given.
    to: Option<DateTime<Utc>>,
    /// Whether those that were delivered are left out.
    #[serde(default)]
    only_missed: bool,
}

/// Sends the changes of a time to an endpoint again.
#[utoipa::path(post, path = "/webhook-endpoints/{id}/redeliver", tag = "webhook endpoints",
    params(("id" = String, Path)), request_body = RedeliverBody,
    responses((status = 202, description = "They are sent; the list of deliveries shows what becomes of them.")))]
pub(super) async fn redeliver(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<RedeliverBody>,
) -> Result<StatusCode, Problem> {
    let endpoint: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    let to = body.to.unwrap_or_else(|| state.clock().now());
    let asked = Redelivery { endpoint, from: body.from, to, only_missed: body.only_missed };
    state.desk.redeliver_webhooks(caller.organization, &asked).await?;
    Ok(StatusCode::ACCEPTED)
}
