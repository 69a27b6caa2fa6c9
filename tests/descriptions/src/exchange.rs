//! One request and its answer.

use serde_json::Value;

/// One request and its answer, as they went over the wire.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path, still percent-encoded, from its first slash.
    pub path: String,
    /// Query, still percent-encoded, without its mark.
    pub query: String,
    /// Media type of the request's body, without parameters.
    pub content_type: Option<String>,
    /// The request's body.
    pub body: Vec<u8>,
    /// Status of the answer.
    pub status: u16,
    /// Media type of the answer's body, without parameters.
    pub answer_type: Option<String>,
    /// The answer's body.
    pub answer: Vec<u8>,
}

impl Exchange {
    /// Method, path and status, for a person.
    pub fn summary(&self) -> String {
        format!("{} {} ({})", self.method, self.path, self.status)
    }

    /// Query parameters, decoded.
    pub fn parameters(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The answer as JSON, if it is.
    pub fn answer_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.answer).ok()
    }

    /// The request's body as JSON, if it is.
    pub fn body_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
