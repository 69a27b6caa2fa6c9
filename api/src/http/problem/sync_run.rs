//! Refusals of runs, as problems.

use axum::http::StatusCode;
use domain::sync_run::SyncRunError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound => StatusCode::NOT_FOUND,
            E::NotOneWay => StatusCode::UNPROCESSABLE_ENTITY,
            E::AlreadyStarted | E::Over { .. } | E::PageOutOfTurn | E::RunActive { .. } => {
                StatusCode::CONFLICT
            }
        };
        let field = match &error {
            E::RunActive { .. } => Some("direction"),
            other => other.field(),
        };
        let problem = Self::new(status, error.code(), error.to_string());
        match field {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
