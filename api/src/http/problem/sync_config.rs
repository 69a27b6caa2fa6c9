//! Refusals of sync configs, as problems.

use axum::http::StatusCode;
use domain::sync_config::SyncConfigError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound | E::Deleted => StatusCode::NOT_FOUND,
            E::AlreadyCreated | E::EntityPairTaken { .. } => StatusCode::CONFLICT,
            E::MappingChangedSince { .. } => StatusCode::PRECONDITION_FAILED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Self::new(status, error.code(), error.to_string());
        match error.field() {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
