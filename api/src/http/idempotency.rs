//! `Idempotency-Key` on every unsafe endpoint: the same key with the same request answers the same position, with
//! another request it is refused. What a key did stands in the log's commands table for 7 days.

use application::ports::event_log::{Appended, CommandRecord};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ids::CommandId;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

use super::answer::{self, Done};
use super::auth::Caller;
use super::body::{BODY_LIMIT, too_large};
use super::problem::Problem;
use super::state::AppState;

const HEADER: &str = "idempotency-key";
/// Tells a repetition's answer from the first one.
const REPLAYED: &str = "idempotency-replayed";
/// Longest key.
const KEY_LIMIT: usize = 255;

/// The layer behind the authorization.
pub(crate) async fn check(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let Some(key) = request.headers().get(HEADER).cloned().filter(|_| !safe) else {
        return Ok(next.run(request).await);
    };
    if is_streamed(&request) {
        // Every line of a batch is a put, which is harmless to repeat.
        return Ok(next.run(request).await);
    }
    let command_id = command_id(&key)?;
    let (mut request, body_hash) = hashed(request).await?;
    let organization = request.extensions().get::<Caller>().map(|caller| caller.organization);
    let Some(organization) = organization else { return Ok(next.run(request).await) };
    let record = CommandRecord { command_id, body_hash };
    if let Some((known, appended)) = state.log().command(organization, command_id).await? {
        return replayed(&state, &record, &known, appended).await;
    }
    if let Some(caller) = request.extensions_mut().get_mut::<Caller>() {
        caller.command = Some(record.clone());
    }
    let response = next.run(request).await;
    let raced = response.extensions().get::<Arc<Problem>>();
    if raced.is_some_and(|problem| problem.code == super::problem::SEEN)
        && let Some((known, appended)) = state.log().command(organization, command_id).await?
    {
        return replayed(&state, &record, &known, appended).await;
    }
    Ok(response)
}

fn is_streamed(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/x-ndjson") || kind.starts_with("application/ndjson")
}

/// A UUID is taken as it is; of any other text the first 16 bytes of its SHA-256.
fn command_id(key: &HeaderValue) -> Result<CommandId, Problem> {
    let text = key.to_str().ok().filter(|text| !text.trim().is_empty() && text.len() <= KEY_LIMIT);
    let text = text.ok_or_else(|| {
        let detail = "the Idempotency-Key must have 1 to 255 visible ASCII characters: a UUID is best";
        Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", detail).about("idempotency_key")
    })?;
    Ok(CommandId(Uuid::parse_str(text).unwrap_or_else(|_| {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid::from_bytes(bytes)
    })))
}

/// Reads the body, and hashes what makes the request: method, path, query and body.
async fn hashed(request: Request) -> Result<(Request, [u8; 32]), Problem> {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large())?;
    let mut hash = Sha256::new();
    hash.update(parts.method.as_str());
    hash.update(b"\0");
    hash.update(parts.uri.path_and_query().map_or("", |uri| uri.as_str()));
    hash.update(b"\0");
    hash.update(&bytes);
    let mut request = Request::from_parts(parts, Body::from(bytes.clone()));
    request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Ok((request, hash.finalize().into()))
}

/// The first answer again: the position, and the resource that the first event is about.
async fn replayed(
    state: &AppState,
    asked: &CommandRecord,
    known: &CommandRecord,
    appended: Appended,
) -> Result<Response, Problem> {
    if asked.body_hash != known.body_hash {
        return Err(super::problem::reused());
    }
    let events = state.log().read_all(appended.last.saturating_sub(1), 1).await?;
    let event = events.into_iter().next().filter(|event| event.position == appended.last);
    let done = Done {
        id: event.as_ref().map(|event| event.stream.id.clone()),
        position: super::at_least::encode(appended.last),
        version: event.as_ref().map(|event| event.sequence),
    };
    let mut response = answer::done(StatusCode::OK, done).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
