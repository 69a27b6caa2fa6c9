//! One request, taken apart.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use super::refusal::Refusal;
use crate::kit::Params;
use crate::kit::consent::header_text;
use crate::kit::decimals::Object;

/// Longest URI and headers together, in bytes (fact sheet, "Base URL & required headers").
const LONGEST: usize = 16_384;

/// A request with its parts taken apart.
pub(super) struct Call {
    pub(super) method: Method,
    /// The path as it was sent.
    pub(super) raw_path: String,
    /// Decoded segments after `/services/data/`.
    pub(super) path: Vec<String>,
    pub(super) params: Params,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    size: usize,
}

impl Call {
    pub(super) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let decode = |part: &str| {
            Params::parse(format!("p={}", part.replace('+', "%2B")).as_bytes()).get("p").to_owned()
        };
        let headers_size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let path = uri.path().trim_end_matches('/').split('/').skip(3).map(decode);
        Self {
            raw_path: uri.path().to_owned(),
            path: path.filter(|part| !part.is_empty()).collect(),
            params: Params::parse(uri.query().unwrap_or_default().as_bytes()),
            size: uri.to_string().len() + headers_size,
            method,
            headers,
            body,
        }
    }

    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// `/services/data/v67.0`, as this caller writes the version.
    pub(super) fn root(&self) -> String {
        format!("/services/data/{}", self.path.first().map_or("", String::as_str))
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.size > LONGEST
    }

    /// Whether it can change something. Reading many records by id is a POST too.
    pub(super) fn is_write(&self) -> bool {
        let retrieves = matches!(self.segments().as_slice(), [_, "composite", "sobjects", _]);
        self.method != Method::GET && !(retrieves && self.method == Method::POST)
    }

    /// How the request is counted: `GET query`, `PATCH Account`, `POST composite`.
    pub(super) fn label(&self) -> String {
        let segments = self.segments();
        let what = match segments.as_slice() {
            [_, "sobjects", name, ..] => name,
            [_, what, ..] => what,
            _ => "versions",
        };
        format!("{} {what}", self.method)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        header_text(&self.headers, name)
    }

    /// Whether a header of `name=value` parts has this part.
    pub(super) fn option(&self, header: &str, part: &str) -> Option<&str> {
        let parts = self.header(header).split([',', ';']).filter_map(|own| own.trim().split_once('='));
        let mut own = parts.filter(|(name, _)| name.trim().eq_ignore_ascii_case(part));
        own.next().map(|(_, value)| value.trim())
    }

    /// The body as an object.
    pub(super) fn object(&self) -> Result<Object, Refusal> {
        if !self.header("content-type").starts_with("application/json") {
            return Err(Refusal::new(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type header is not supported"));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::bad("JSON_PARSER_ERROR", "The HTTP entity body is no JSON object")),
            Err(error) => Err(Refusal::bad("JSON_PARSER_ERROR", error.to_string())),
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
