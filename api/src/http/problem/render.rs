//! Gives every request a correlation id and every refusal its body.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use super::Problem;
use crate::http::auth::RequestId;
use crate::http::state::AppState;

/// The header that names a request in the logs.
const CORRELATION: &str = "x-correlation-id";

/// The outermost layer.
pub(crate) async fn render(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = state.ids().next();
    let path = request.uri().path().to_owned();
    let span =
        tracing::info_span!("headwater.http.request", method = %request.method(), path, correlation = %id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).instrument(span).await;
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        metrics::counter!("headwater_http_problems_total", "type" => problem.code.to_string()).increment(1);
        response = written(&problem, &path, &id.to_string());
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(CORRELATION, value);
    }
    response
}

fn written(problem: &Problem, path: &str, correlation: &str) -> Response {
    if problem.status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(detail = problem.detail, "request failed");
    }
    let body = serde_json::to_vec(&problem.body(path, correlation)).expect("a problem is made of texts");
    let kind = [(CONTENT_TYPE, "application/problem+json")];
    let mut response = (problem.status, kind, body).into_response();
    if let Some(wait) = problem.retry_after {
        let seconds = wait.as_secs().max(1);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
