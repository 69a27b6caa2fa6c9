//! Refusals of local records, as problems.

use axum::http::StatusCode;
use domain::local_record::LocalRecordError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound => StatusCode::NOT_FOUND,
            E::VersionMismatch { .. } => StatusCode::PRECONDITION_FAILED,
            E::Erased => StatusCode::GONE,
        };
        let problem = Self::new(status, error.code(), error.to_string());
        match error.field() {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
