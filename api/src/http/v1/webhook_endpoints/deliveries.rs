//! `GET /v1/webhook-endpoints/{id}/deliveries`

use application::ports::deliveries::{Delivery, DeliveryState, Listed};
use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use domain::ids::WebhookEndpointId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::at_least;
use crate::http::auth::Caller;
use crate::http::params::{self, Params};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Deliveries of a page at most.
const MOST: usize = 500;

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryParams {
    /// `delivered`, `retrying` or `failed`.
    status: Option<String>,
    /// The `next` of the answer before.
    after: Option<String>,
    /// Deliveries at most, 1 to 500; 100 unless given.
    limit: Option<usize>,
}

/// One change on its way to an endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryShape {
    /// Its id: the change's cursor in the feed.
    id: String,
    /// `invoice.updated`
    event_type: String,
    /// `delivered`, `retrying` or `failed`.
    status: &'static str,
    /// Attempts made.
    attempts: u32,
    /// The first attempt.
    first_attempt_at: DateTime<Utc>,
    /// The last attempt.
    last_attempt_at: DateTime<Utc>,
    /// The next attempt, while it is retried.
    next_attempt_at: Option<DateTime<Utc>>,
    /// Status of the last answer; none when there was none.
    response_status: Option<u16>,
    /// Why the last attempt failed.
    error: Option<String>,
}

impl From<Delivery> for DeliveryShape {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: at_least::encode(delivery.position),
            event_type: delivery.event_type,
            status: delivery.state.as_str(),
            attempts: delivery.attempts,
            first_attempt_at: delivery.first_at,
            last_attempt_at: delivery.last_at,
            next_attempt_at: delivery.next_at,
            response_status: delivery.status,
            error: delivery.error,
        }
    }
}

/// Deliveries of an endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    /// Deliveries, the newest change first.
    items: Vec<DeliveryShape>,
    /// Give it as `after` to go on; none at the end.
    next: Option<String>,
}

/// Lists what was sent to an endpoint in the last 30 days, the newest change first.
#[utoipa::path(get, path = "/webhook-endpoints/{id}/deliveries", tag = "webhook endpoints",
    params(("id" = String, Path), DeliveryParams), responses((status = 200, body = DeliveryPage)))]
pub(super) async fn deliveries(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<DeliveryParams>,
) -> Result<Json<DeliveryPage>, Problem> {
    let id: WebhookEndpointId = params::id(&id, "webhook endpoint")?;
    state.desk.endpoint_of(caller.organization, id).await?;
    let unknown = || Problem::invalid("status", "status is delivered, retrying or failed");
    let wanted = asked.status.as_deref().map(|word| DeliveryState::parse(word).ok_or_else(unknown));
    let no_cursor =
        || Problem::invalid("after", "after is no cursor of this list: use the next of an answer");
    let before = asked.after.as_deref().map(|text| at_least::decode(text).ok_or_else(no_cursor));
    let limit = asked.limit.unwrap_or(100).clamp(1, MOST);
    let listed = Listed { state: wanted.transpose()?, before: before.transpose()?, limit };
    let found = state.desk.deliveries.list(id, &listed).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|last| at_least::encode(last.position));
    Ok(Json(DeliveryPage { items: found.into_iter().map(Into::into).collect(), next }))
}
