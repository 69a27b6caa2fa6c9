//! `GET /v1/integrations/{id}/webhooks/events`

use axum::Json;
use axum::extract::{Path, State};
use domain::ids::IntegrationId;
use domain::value::DeliveryStatus;
use projections::webhook_events::WebhookEventFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::auth::Caller;
use crate::http::page::{self, Listed, Listing, PageParams};
use crate::http::params::{self, time, words};
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventParams {
    /// Saying this.
    event_type: Option<String>,
    /// In one of these states, separated by commas.
    status: Option<String>,
    /// Received after this time.
    received_after: Option<String>,
}

/// Lists an integration's verified deliveries, the newest first.
#[utoipa::path(get, path = "/integrations/{id}/webhooks/events", tag = "webhooks",
    params(("id" = String, Path), EventParams, PageParams), responses((status = 200, body = Listing)))]
pub(super) async fn list_events(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    listed: Listed<EventParams>,
) -> Result<Json<Listing>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let asked = listed.filter;
    let filter = WebhookEventFilter {
        organization: caller.organization,
        integration: Some(id.to_string()),
        provider: None,
        event_type: asked.event_type,
        status: words("status", asked.status.as_deref(), DeliveryStatus::parse)?,
        received_after: time("received_after", asked.received_after.as_deref())?,
    };
    page::answer(&state, &filter, &listed.page).await
}
