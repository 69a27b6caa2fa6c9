//! The problem itself.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use application::command_handlers::Fault;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused. Becomes a body in [`super::render()`], which knows the correlation id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Reason>);

/// What a problem says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The status.
    pub status: StatusCode,
    /// The reason's stable code, words joined by `_`.
    pub code: Cow<'static, str>,
    /// A sentence that says what to do.
    pub detail: String,
    /// The field concerned, by its path in the request.
    pub field: Option<String>,
    /// Every field concerned.
    pub errors: Vec<FieldError>,
    /// What a person should do next.
    pub next_step: Option<NextStep>,
    /// When to ask again.
    pub retry_after: Option<Duration>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, by its path in the request.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What a person should do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NextStep {
    /// In words.
    pub label: String,
    /// Where in the user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Stable: `/problems/<reason>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The reason in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every field concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What a person should do next, where the provider's manifest knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<NextStep>,
    /// Names this request in the logs and in the events it caused.
    pub correlation_id: String,
}

impl Problem {
    /// A problem.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self(Box::new(Reason {
            status,
            code: code.into(),
            detail: detail.into(),
            field: None,
            errors: Vec::new(),
            next_step: None,
            retry_after: None,
        }))
    }

    /// There is no such thing, or it is not the caller's.
    pub fn not_found(what: &str) -> Self {
        let code = format!("{}_not_found", what.replace([' ', '-'], "_"));
        Self::new(StatusCode::NOT_FOUND, code, format!("there is no such {what}: list them to see their ids"))
    }

    /// One field cannot be used.
    pub fn invalid(field: &str, message: impl std::fmt::Display) -> Self {
        Self::of_faults(vec![Fault::new(field, message)])
    }

    /// Several fields cannot be used.
    pub fn of_faults(faults: Vec<Fault>) -> Self {
        let errors: Vec<FieldError> = faults
            .into_iter()
            .map(|fault| FieldError { field: fault.field, message: fault.message })
            .collect();
        let first = errors.first();
        let detail = match errors.len() {
            1 => first.map(|error| error.message.clone()).unwrap_or_default(),
            count => format!("{count} fields cannot be used: errors names each and says what to do"),
        };
        let field = first.map(|error| error.field.clone());
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail);
        problem.field = field;
        problem.errors = errors;
        problem
    }

    /// The same for another reason.
    #[must_use]
    pub fn named(mut self, code: &'static str) -> Self {
        self.code = code.into();
        self
    }

    /// The same, about a field.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The same, to be asked again after a while.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The body of this problem.
    pub fn body(&self, instance: &str, correlation_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("/problems/{}", self.code.replace('_', "-")),
            title: titled(&self.code),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            field: self.field.clone(),
            errors: self.errors.clone(),
            next_step: self.next_step.clone(),
            correlation_id: correlation_id.to_owned(),
        }
    }
}

fn titled(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Deref for Problem {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Reason {
        &mut self.0
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}
