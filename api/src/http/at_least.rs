//! Reading one's own writes: a command answers a position, a read with `at_least=<position>` waits for it.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;
use super::state::AppState;

/// How far the views have come.
#[async_trait::async_trait]
pub trait Progress: Send + Sync {
    /// Returns once every view shows the events up to `position`, or after `patience`; whether it does.
    async fn wait_for(&self, position: u64, patience: Duration) -> bool;
    /// Every projection: its name, its version and the position it has reached.
    async fn list(&self) -> Vec<(String, u32, u64)>;
}

/// How long a read waits for the views.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A position as it leaves the process: text that means nothing to its reader.
pub fn encode(position: u64) -> String {
    format!("{position:016x}")
}

/// The position of such a text.
pub fn decode(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// Waits where a read says `at_least`.
pub async fn wait(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Problem> {
    let asked = request.uri().query().and_then(|query| parameter(query, "at_least"));
    if request.method() == Method::GET
        && let Some(text) = asked
    {
        let position = decode(&text).ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "parameter_invalid",
                "at_least is no position: use one that a command answered",
            )
            .about("at_least")
        })?;
        if !state.progress.wait_for(position, PATIENCE).await {
            return Err(behind());
        }
    }
    Ok(next.run(request).await)
}

/// The views are behind.
pub(super) fn behind() -> Problem {
    let detail = "the views have not reached that position yet: ask again in a moment";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_caught_up", detail)
        .about("at_least")
        .retry_after(Duration::from_secs(1))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}
