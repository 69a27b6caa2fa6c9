//! One resource as its view shows it, never older than what was acknowledged, with its version.

use axum::Json;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::stream::{Kind, StreamId};
use projections::list;
use serde_json::Value;

use super::answer::with_version;
use super::at_least::{self, PATIENCE};
use super::auth::Caller;
use super::problem::Problem;
use super::state::AppState;

/// The row of `stream` in `view`.
pub(crate) async fn row(
    state: &AppState,
    caller: &Caller,
    view: &'static str,
    (stream, what): (&StreamId, &'static str),
) -> Result<(Value, u64), Problem> {
    let loaded = state.log().load(stream, 0).await?;
    let last = loaded.events.last().filter(|event| event.organization == caller.organization);
    let last = last.ok_or_else(|| Problem::not_found(what))?;
    if !state.progress.wait_for(last.position, PATIENCE).await {
        return Err(at_least::behind());
    }
    let row = list::get(state.read_store.as_ref(), view, caller.organization, &stream.id).await?;
    Ok((row.ok_or_else(|| Problem::not_found(what))?, last.sequence))
}

/// The same as an answer with an ETag.
pub(crate) async fn shown(
    state: &AppState,
    caller: &Caller,
    view: &'static str,
    (stream, what): (&StreamId, &'static str),
) -> Result<Response, Problem> {
    let (row, version) = row(state, caller, view, (stream, what)).await?;
    Ok(with_version(Some(version), Json(row)))
}

/// The stream of a resource with a composed id. In a path the id stands percent-encoded, or as base64url of its text,
/// which no proxy on the way takes apart.
pub(crate) fn composed(kind: Kind, text: &str) -> StreamId {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let id = match decoded {
        Some(id) if !text.contains('/') && id.contains('/') => id,
        _ => text.to_owned(),
    };
    StreamId { kind, id }
}

/// An id as it stands in a path.
pub(crate) fn in_path(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(id)
}
