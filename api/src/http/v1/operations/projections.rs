//! `GET /v1/projections`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::at_least;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// How far views and subscriptions have come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProjectionList {
    /// Position of the log's last event.
    head: String,
    /// Projections.
    items: Vec<Reached>,
    /// Every subscription, process managers among them.
    subscriptions: Vec<Reached>,
}

/// How far one has come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reached {
    /// Its name.
    name: String,
    /// Its version, for projections.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// The position it has reached.
    position: String,
    /// Positions it is behind.
    lag: u64,
}

/// Shows how far every projection and subscription has come.
#[utoipa::path(get, path = "/projections", tag = "operations", responses((status = 200, body = ProjectionList)))]
pub(super) async fn projections(State(state): State<AppState>) -> Result<Json<ProjectionList>, Problem> {
    let head = state.log().head().await?;
    let reached = |name: String, version: Option<u32>, position: u64| Reached {
        name,
        version,
        position: at_least::encode(position),
        lag: head.saturating_sub(position),
    };
    let shown = state.progress.list().await;
    let items = shown.into_iter().map(|(name, version, position)| reached(name, Some(version), position));
    let known = state.checkpoints.list().await?;
    let subscriptions = known.into_iter().map(|(name, position)| reached(name, None, position));
    Ok(Json(ProjectionList {
        head: at_least::encode(head),
        items: items.collect(),
        subscriptions: subscriptions.collect(),
    }))
}
