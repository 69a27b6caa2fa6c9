//! `GET /v1/integrations/{id}/deadlines`

use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use domain::ids::IntegrationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::auth::Caller;
use crate::http::params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// A day on which the connection ends unless somebody acts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadlineShape {
    /// When.
    at: DateTime<Utc>,
    /// What ends.
    what: String,
    /// What to do before.
    next_step: String,
}

/// What will end.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeadlineList {
    /// The first one first.
    items: Vec<DeadlineShape>,
}

/// Shows what of a connection ends within 60 days: scopes, refresh tokens, consents, certificates.
#[utoipa::path(get, path = "/integrations/{id}/deadlines", tag = "integrations", params(("id" = String, Path)),
    responses((status = 200, body = DeadlineList)))]
pub(super) async fn deadlines(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<DeadlineList>, Problem> {
    let id: IntegrationId = params::id(&id, "integration")?;
    let deadlines = state.desk.deadlines(caller.organization, id).await?;
    let shape = |deadline: application::ports::connector::Deadline| DeadlineShape {
        at: deadline.at,
        what: deadline.what,
        next_step: deadline.next_step,
    };
    Ok(Json(DeadlineList { items: deadlines.into_iter().map(shape).collect() }))
}
