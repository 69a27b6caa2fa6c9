//! What a provider says, as problems: its class decides whose fault it is.

use application::ports::connector::CallError;
use axum::http::StatusCode;
use domain::value::ErrorClass;

use super::{NextStep, Problem};

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let (status, code) = match error.class {
            ErrorClass::AuthExpired => (StatusCode::CONFLICT, "provider_credentials_refused"),
            ErrorClass::Permission => (StatusCode::CONFLICT, "provider_permission_missing"),
            ErrorClass::Validation => (StatusCode::UNPROCESSABLE_ENTITY, "provider_refused"),
            ErrorClass::NotFound => (StatusCode::NOT_FOUND, "provider_record_not_found"),
            ErrorClass::StaleVersion => (StatusCode::CONFLICT, "provider_version_stale"),
            ErrorClass::Duplicate => (StatusCode::CONFLICT, "provider_duplicate"),
            ErrorClass::RateLimited => (StatusCode::SERVICE_UNAVAILABLE, "provider_rate_limited"),
            ErrorClass::Transient => (StatusCode::BAD_GATEWAY, "provider_unavailable"),
            ErrorClass::Mapping => (StatusCode::UNPROCESSABLE_ENTITY, "mapping_impossible"),
            ErrorClass::Unreadable => (StatusCode::BAD_GATEWAY, "provider_answer_unreadable"),
        };
        let detail = match &error.code {
            Some(code) => format!("the provider says ({code}): {}", error.message),
            None => format!("the provider says: {}", error.message),
        };
        let mut problem = Self::new(status, code, detail);
        problem.next_step = error.next_step.map(|label| NextStep { label, route: None });
        problem.retry_after = error.retry_after;
        problem
    }
}
