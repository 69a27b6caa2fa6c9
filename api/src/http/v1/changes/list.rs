//! `GET /v1/changes`

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use chrono::TimeDelta;
use domain::ids::OrganizationId;
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::feed::{self, ChangeShape};
use crate::http::at_least;
use crate::http::auth::Caller;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Changes of a page at most.
const MOST: usize = 1_000;
/// Seconds a caller may wait for the first change.
const LONGEST: u32 = 55;
/// How often a silent stream says that it lives.
const ALIVE: Duration = Duration::from_secs(15);

/// From where, and how long to wait.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangeParams {
    /// The `next` of the answer before, or a change's cursor; the beginning unless given.
    after: Option<String>,
    /// Changes at most, 1 to 1000; 100 unless given.
    limit: Option<usize>,
    /// Seconds to wait for the first change, 0 to 55.
    wait: Option<u32>,
}

/// Changes of records.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangePage {
    /// Changes, the oldest first.
    items: Vec<ChangeShape>,
    /// Give it as `after` to go on.
    next: String,
}

/// Lists changes of records after a cursor. With `wait` it answers as soon as there is one; with
/// `Accept: text/event-stream` it sends each as it happens.
#[utoipa::path(get, path = "/changes", tag = "change feed", params(ChangeParams),
    responses((status = 200, body = ChangePage)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Params(asked): Params<ChangeParams>,
) -> Result<Response, Problem> {
    let from = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let position = position(asked.after.as_deref().or(from))?;
    let streamed = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if streamed.contains("text/event-stream") {
        return Ok(Watch::of(state, caller.organization, position).answer());
    }
    let limit = asked.limit.unwrap_or(100).clamp(1, MOST);
    let wait = TimeDelta::seconds(i64::from(asked.wait.unwrap_or(0).min(LONGEST)));
    let deadline = state.clock().now() + wait;
    let items = feed::after(&state, caller.organization, (position, limit), deadline).await?;
    let next = items.last().map_or_else(|| at_least::encode(position), |last| last.cursor.clone());
    Ok(Json(ChangePage { items, next }).into_response())
}

fn position(after: Option<&str>) -> Result<u64, Problem> {
    let Some(text) = after else { return Ok(0) };
    at_least::decode(text).ok_or_else(|| {
        Problem::invalid("after", "after is no cursor of this feed: use the next of an answer")
    })
}

/// A feed being watched.
struct Watch {
    state: AppState,
    organization: OrganizationId,
    position: u64,
    ready: VecDeque<ChangeShape>,
}

impl Watch {
    fn of(state: AppState, organization: OrganizationId, position: u64) -> Self {
        Self { state, organization, position, ready: VecDeque::new() }
    }

    fn answer(self) -> Response {
        let events = stream::unfold(self, |mut watch| async {
            watch.next().await.map(|event| (Ok::<_, Infallible>(event), watch))
        });
        Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
    }

    /// The next change; `None` when the log is away: the reader comes again from where it was.
    async fn next(&mut self) -> Option<sse::Event> {
        while self.ready.is_empty() {
            let deadline = self.state.clock().now() + TimeDelta::seconds(i64::from(LONGEST));
            let found = feed::after(&self.state, self.organization, (self.position, MOST), deadline).await;
            self.ready.extend(found.ok()?);
        }
        let change = self.ready.pop_front()?;
        self.position = at_least::decode(&change.cursor)?;
        let data = serde_json::to_string(&change).ok()?;
        Some(sse::Event::default().event("change").id(change.cursor).data(data))
    }
}
