//! Versions as entity tags (RFC 9110): `"7"`.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use super::problem::Problem;

/// The tag of a version.
pub(crate) fn of(version: u64) -> String {
    format!("\"{version}\"")
}

/// The version the sender saw, where it insists on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct IfMatch(pub Option<u64>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let tag = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        tag.parse().map(|version| Self(Some(version))).map_err(|_| {
            let detail = "If-Match must be the ETag of the resource as it was read, such as \"7\"";
            Problem::new(StatusCode::BAD_REQUEST, "if_match_invalid", detail).about("if_match")
        })
    }
}
