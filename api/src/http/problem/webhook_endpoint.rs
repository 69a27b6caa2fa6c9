//! Refusals of customers' endpoints, as problems.

use axum::http::StatusCode;
use domain::webhook_endpoint::WebhookEndpointError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound => StatusCode::NOT_FOUND,
            E::Exists => StatusCode::CONFLICT,
            E::EventType { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Self::new(status, error.code(), error.to_string());
        match error.field() {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
