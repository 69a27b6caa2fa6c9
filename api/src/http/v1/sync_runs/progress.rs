//! `GET /v1/sync-runs/{id}/progress`

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use chrono::TimeDelta;
use domain::stream::StreamId;
use domain::sync_run::SyncRun;
use futures::stream::{self, Stream};
use serde_json::json;

use super::filter::run_of;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// How often a run is looked at when nothing wakes us.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(500);
/// How often a silent stream says that it lives.
const ALIVE: Duration = Duration::from_secs(15);

/// Sends a run's counts whenever they change, until it is over.
#[utoipa::path(get, path = "/sync-runs/{id}/progress", tag = "sync runs", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(super) async fn progress(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let (_, stream, _) = run_of(&state, &caller, &id).await?;
    let watch = Watch { state, stream, seen: None, over: false };
    let events =
        stream::unfold(watch, |mut watch| async { watch.next().await.map(|event| (Ok(event), watch)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// A run being watched.
struct Watch {
    state: AppState,
    stream: StreamId,
    seen: Option<u64>,
    over: bool,
}

impl Watch {
    /// The next change; `None` after the last one, or when the log is away.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.over {
                return None;
            }
            let run = self.state.dispatcher.load::<SyncRun>(&self.stream).await.ok()?;
            if self.seen != Some(run.head()) {
                self.seen = Some(run.head());
                self.over = !run.state.is_active();
                return Some(shown(&run.state));
            }
            let clock = self.state.clock();
            let pause = clock.sleep_until(clock.now() + LOOK_AGAIN);
            futures::future::select(self.state.wakeups.wait("log"), pause).await;
        }
    }
}

fn shown(run: &SyncRun) -> Event {
    let body = json!({ "status": run.status, "pages": run.pages, "counts": run.counts });
    Event::default().event("progress").data(body.to_string())
}
