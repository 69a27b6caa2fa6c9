//! An answer before it becomes HTTP, so that it can be kept and replayed byte for byte.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

/// Status, body and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; one out of range becomes 500.
    pub status: u16,
    /// The body; empty for none.
    pub body: Bytes,
    /// Headers; a later one of the same name replaces an earlier one.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// A JSON answer with `content-type: application/json`.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a JSON value always serializes");
        Self { status, body: body.into(), headers: Vec::new() }.with("content-type", "application/json")
    }

    /// An answer without a body, as 204 is.
    pub fn empty(status: u16) -> Self {
        Self { status, body: Bytes::new(), headers: Vec::new() }
    }

    /// A text answer of this content type.
    pub fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        let body = Bytes::from(body.into());
        Self { status, body, headers: Vec::new() }.with("content-type", content_type)
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Whether the status is of the 200s.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// As HTTP. Headers that are no valid ones are left out.
    pub fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
