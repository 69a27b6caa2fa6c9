//! One request, taken apart.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::refusal::Refusal;
use crate::kit::Params;
use crate::kit::consent::header_text;
use crate::kit::decimals::Object;

/// A request with its parts taken apart.
pub(super) struct Call {
    pub(super) method: Method,
    /// `http://host`, as the caller knows this server.
    pub(super) base: String,
    /// The path as it was sent.
    pub(super) raw_path: String,
    pub(super) query: String,
    /// Decoded segments after `/services/rest/`.
    pub(super) path: Vec<String>,
    pub(super) params: Params,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let decode = |part: &str| {
            Params::parse(format!("p={}", part.replace('+', "%2B")).as_bytes()).get("p").to_owned()
        };
        let query = uri.query().unwrap_or_default().to_owned();
        Self {
            base: format!("http://{}", header_text(&headers, "host").to_lowercase()),
            raw_path: uri.path().to_owned(),
            path: uri.path().trim_end_matches('/').split('/').skip(3).map(decode).collect(),
            params: Params::parse(query.as_bytes()),
            query,
            method,
            headers,
            body,
        }
    }

    /// `http://host/services/rest/record/v1`.
    pub(super) fn records(&self) -> String {
        format!("{}/services/rest/record/v1", self.base)
    }

    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// Whether it can change something.
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET && !self.is_query()
    }

    pub(super) fn is_query(&self) -> bool {
        self.segments().last() == Some(&"suiteql")
    }

    /// How the request is counted.
    pub(super) fn label(&self) -> String {
        if self.is_query() {
            return "suiteql".into();
        }
        format!("{} {}", self.method, self.path.get(2).map_or("", String::as_str))
    }

    /// Whether `Prefer` asks for this.
    pub(super) fn prefers(&self, what: &str) -> bool {
        header_text(&self.headers, "prefer")
            .split([',', ';'])
            .any(|own| own.trim().eq_ignore_ascii_case(what))
    }

    /// The body as an object; an empty one for none.
    pub(super) fn object(&self) -> Result<Object, Refusal> {
        if self.body.is_empty() {
            return Ok(Object::new());
        }
        let kind = header_text(&self.headers, "content-type");
        if !(kind.starts_with("application/json") || kind.starts_with("application/vnd.oracle.resource+json"))
        {
            return Err(Refusal::header("Content-Type", "Content-Type must be application/json."));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::content("The body is no object.", "")),
            Err(error) => Err(Refusal::content(format!("The body is no JSON: {error}."), "")),
        }
    }

    /// Refuses query parameters that are not modelled here.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.params.names().find(|name| !known.contains(name)) {
            Some(other) => Err(Refusal::not_modelled(format!("the parameter {other} here"))),
            None => Ok(()),
        }
    }
}
