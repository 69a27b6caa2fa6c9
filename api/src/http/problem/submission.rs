//! Refusals of submissions, as problems.

use application::ports::connector::CallError;
use axum::http::StatusCode;
use domain::submission::{Refusal, SubmissionError as E};

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound => StatusCode::NOT_FOUND,
            E::UnderWay | E::AlreadySubmitted { .. } | E::NotOpen => StatusCode::CONFLICT,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl Problem {
    /// A submission that the provider did not take.
    pub fn of_submission(refusal: &Refusal) -> Self {
        CallError {
            class: refusal.class,
            code: refusal.code.clone(),
            message: refusal.message.clone(),
            next_step: None,
            retry_after: None,
        }
        .into()
    }
}
