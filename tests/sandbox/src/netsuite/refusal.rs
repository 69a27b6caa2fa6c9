//! Refusals and their bodies: `o:errorDetails` (fact sheet, "Errors").

use serde_json::{Value, json};

use crate::kit::Answer;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    detail: String,
    /// Which part of the request: the member's name and its value.
    at: Option<(&'static str, String)>,
    location: Option<String>,
}

const NOT_MODELLED: &str = "NOT_MODELLED";

impl Refusal {
    fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), at: None, location: None }
    }

    fn at(mut self, member: &'static str, value: impl Into<String>) -> Self {
        self.at = Some((member, value.into()));
        self
    }

    /// Breaks a rule of the account.
    pub(super) fn user(detail: impl Into<String>) -> Self {
        Self::new(400, "USER_ERROR", format!("Error while accessing a resource. {}", detail.into()))
    }

    /// The body cannot be taken, at this path.
    pub(super) fn content(detail: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(400, "INVALID_CONTENT", format!("Invalid content in the request body. {}", detail.into()))
            .at("o:errorPath", path)
    }

    /// A query parameter cannot be taken.
    pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(400, "INVALID_PARAMETER", format!("Invalid query parameter. {}", detail.into()))
            .at("o:errorQueryParam", name)
    }

    /// A header is missing or wrong.
    pub(super) fn header(name: &str, detail: impl Into<String>) -> Self {
        Self::new(400, "INVALID_HEADER", detail).at("o:errorHeader", name)
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            404,
            "NONEXISTENT_ID",
            "The record instance does not exist. Provide a valid record instance ID.",
        )
    }

    pub(super) fn forbidden(what: &str) -> Self {
        Self::new(
            403,
            "INSUFFICIENT_PERMISSION",
            format!("Permission Violation. You need the permission for {what}."),
        )
    }

    pub(super) fn unauthorized() -> Self {
        let detail = "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI.";
        Self::new(401, "INVALID_LOGIN", detail)
    }

    pub(super) fn throttled() -> Self {
        Self::new(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
    }

    pub(super) fn unexpected() -> Self {
        Self::new(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: sandbox")
    }

    /// The idempotency key was used for this job.
    pub(super) fn repeated(job: String) -> Self {
        let detail = "The request with this idempotency key was already received.";
        let mut refusal =
            Self::new(400, "IDEMPOTENCY_ERROR", detail).at("o:errorHeader", "X-NetSuite-Idempotency-Key");
        refusal.location = Some(job);
        refusal
    }

    /// The simulator does not know this; never an answer of the provider.
    pub(super) fn not_modelled(what: impl Into<String>) -> Self {
        Self::new(501, NOT_MODELLED, format!("the simulator does not model {}", what.into()))
    }

    pub(super) fn is_not_modelled(&self) -> bool {
        self.code == NOT_MODELLED
    }

    pub(super) fn body(&self) -> Value {
        let (title, section) = match self.status {
            400 => ("Bad Request", "15.5.1"),
            401 => ("Unauthorized", "15.5.2"),
            403 => ("Forbidden", "15.5.4"),
            404 => ("Not Found", "15.5.5"),
            429 => ("Too Many Requests", "6585"),
            501 => ("Not Implemented", "15.6.2"),
            _ => ("Internal Server Error", "15.6.1"),
        };
        let mut detail = json!({"detail": self.detail, "o:errorCode": self.code});
        if let Some((member, value)) = &self.at {
            detail[*member] = json!(value);
        }
        json!({
            "type": format!("https://www.rfc-editor.org/rfc/rfc9110.html#section-{section}"),
            "title": title, "status": self.status, "o:errorDetails": [detail]
        })
    }

    pub(super) fn answer(&self) -> Answer {
        let answer = Answer::json(self.status, &self.body());
        let answer =
            answer.with("content-type", "application/vnd.oracle.resource+json; type=error; charset=UTF-8");
        match &self.location {
            Some(location) => answer.with("location", location),
            None => answer,
        }
    }
}
