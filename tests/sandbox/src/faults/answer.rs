//! What each fault does to a request.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use futures::{StreamExt as _, stream};

use super::Fault;
use crate::server::drop_connection;

/// How long the first half of a truncated answer has to leave before the connection ends.
const CUT_AFTER: Duration = Duration::from_millis(20);

/// Bytes of a huge answer.
const HUGE: usize = 1024 * 1024 * 1024;
/// Bytes of one piece of it.
const HUGE_CHUNK: usize = 64 * 1024;
/// Levels of a deep answer.
const DEEP: usize = 10_000;
/// Between two bytes of a trickle.
const DRIP: Duration = Duration::from_secs(1);

/// Does `fault` to the request whose handler is `commit`.
///
/// `DropAfter`, `ErrorAfter`, `Truncated`, `Huge`, `Deep` and `Trickle` run the handler first, so the write is stored;
/// `TooManyRequests`, `ServerError`, `DropBefore` and `Html` never run it. `Slow` runs it: the
/// delay is the caller's (see [`super::Faults::apply`]). `retry_after` is in seconds.
pub async fn apply(
    fault: Fault,
    retry_after: Option<u64>,
    commit: impl Future<Output = Response>,
) -> Response {
    match fault {
        Fault::None | Fault::Slow => commit.await,
        Fault::TooManyRequests => too_many_requests(retry_after),
        Fault::ServerError => server_error(),
        Fault::Html => Html("<!doctype html><title>Maintenance</title><p>Back soon.").into_response(),
        Fault::DropBefore => drop_connection(),
        Fault::ErrorAfter => {
            drop(commit.await);
            server_error()
        }
        Fault::DropAfter => {
            drop(commit.await);
            drop_connection()
        }
        Fault::Truncated => truncated(commit.await).await,
        Fault::Huge => {
            drop(commit.await);
            huge()
        }
        Fault::Deep => {
            drop(commit.await);
            deep()
        }
        Fault::Trickle => trickle(commit.await).await,
    }
}

/// A list that goes on for a gigabyte, or until the caller hangs up.
fn huge() -> Response {
    let element = format!("{{\"id\":\"x\",\"name\":\"{}\"}},", "x".repeat(HUGE_CHUNK - 24));
    let element = axum::body::Bytes::from(element);
    let chunks = (0..HUGE / HUGE_CHUNK).map(move |_| Ok::<_, io::Error>(element.clone()));
    let list = stream::iter([Ok(axum::body::Bytes::from_static(b"{\"data\":["))]).chain(stream::iter(chunks));
    json(Body::from_stream(list))
}

/// A value inside ten thousand others.
fn deep() -> Response {
    let (open, close) = ("[".repeat(DEEP), "]".repeat(DEEP));
    json(Body::from(format!("{{\"data\":{open}{close}}}")))
}

/// The whole answer, its bytes a second apart.
async fn trickle(whole: Response) -> Response {
    let (mut parts, body) = whole.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { drop_connection() };
    parts.headers.remove(header::CONTENT_LENGTH);
    let drops = stream::iter(0..bytes.len()).then(move |at| {
        let drop = bytes.slice(at..=at);
        async move {
            tokio::time::sleep(DRIP).await;
            Ok::<_, io::Error>(drop)
        }
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

fn json(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn too_many_requests(retry_after: Option<u64>) -> Response {
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited");
    if let Some(seconds) = retry_after {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn server_error() -> Response {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "internal")
}

fn problem(status: StatusCode, code: &str) -> Response {
    let body = serde_json::json!({"error": {"code": code, "message": "injected fault"}});
    (status, axum::Json(body)).into_response()
}

/// Announces the whole length and ends the connection after half of it.
async fn truncated(whole: Response) -> Response {
    let (mut parts, body) = whole.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { drop_connection() };
    if bytes.is_empty() {
        // There is no body to cut: the nearest thing is no answer.
        drop_connection()
    }
    let half = bytes.slice(..bytes.len() / 2);
    let length = HeaderValue::from(bytes.len());
    parts.headers.insert(header::CONTENT_LENGTH, length);
    let cut = async {
        // The server writes what it has while the body waits, so the half really leaves.
        tokio::time::sleep(CUT_AFTER).await;
        Err(io::Error::from(io::ErrorKind::ConnectionAborted))
    };
    let chunks = stream::iter([Ok(half)]).chain(stream::once(cut));
    Response::from_parts(parts, Body::from_stream(chunks))
}
