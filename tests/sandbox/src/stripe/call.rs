//! One request to the API, taken apart.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};

use super::form::{self, Node};
use super::refusal::Refusal;
use super::version::Version;
use crate::kit::consent::{basic, bearer, header_text};

/// A request with its parts.
pub(crate) struct Call {
    pub(crate) request_id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    query: String,
    pub(crate) key: String,
    pub(crate) account: String,
    version: String,
    pub(crate) idempotency_key: String,
    content_type: String,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(
        request_id: String,
        method: Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let text = |name| header_text(headers, name).to_owned();
        let user = basic(headers).filter(|(_, password)| password.is_empty()).map(|(user, _)| user);
        let key = bearer(headers).map(str::to_owned).or(user).unwrap_or_default();
        Self {
            request_id,
            method,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            key,
            account: text("stripe-account"),
            version: text("stripe-version"),
            idempotency_key: text("idempotency-key"),
            content_type: text("content-type").to_ascii_lowercase(),
            body,
        }
    }

    /// Whether it can change something.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether it is for the JSON half of the API.
    pub(crate) fn is_v2(&self) -> bool {
        self.path.starts_with("/v2/")
    }

    /// The version it is answered in.
    pub(crate) fn version(&self, account: &Version) -> Result<Version, Refusal> {
        if self.version.is_empty() {
            return Ok(account.clone());
        }
        Version::parse(&self.version)
            .ok_or_else(|| Refusal::invalid("", "", format!("Invalid Stripe API version: {}", self.version)))
    }

    /// The parameters: of the query, and of a form body. v1 takes no JSON (fact sheet, "Base URL").
    pub(crate) fn params(&self) -> Result<Node, Refusal> {
        let mut text = self.query.clone().into_bytes();
        if self.is_write() && !self.body.is_empty() {
            if !self.content_type.starts_with("application/x-www-form-urlencoded") {
                let message = "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.";
                return Err(Refusal::invalid("", "", message));
            }
            text.push(b'&');
            text.extend_from_slice(&self.body);
        }
        form::parse(&text)
    }

    /// The JSON body of a v2 request.
    pub(crate) fn json(&self) -> Result<serde_json::Value, Refusal> {
        let fits = self.content_type.starts_with("application/json");
        let body = serde_json::from_slice(&self.body).ok().filter(|_| fits);
        body.ok_or_else(|| {
            Refusal::invalid("", "", "API v2 takes a JSON body: Content-Type application/json")
        })
    }
}
