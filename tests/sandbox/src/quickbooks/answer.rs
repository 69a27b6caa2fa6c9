//! An answer before it becomes HTTP, so that it can be kept and replayed byte for byte.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::faultbody::Refusal;

/// Status, body and the few headers that vary.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Answer {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a JSON value always serializes");
        Self { status, body: body.into(), headers: Vec::new() }
    }

    /// A refusal as an answer.
    pub(crate) fn refusal(refusal: &Refusal, time: &str) -> Self {
        Self::json(refusal.status, &refusal.body(time))
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As HTTP.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).expect("only valid status codes are written in this crate");
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/json;charset=UTF-8"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}
