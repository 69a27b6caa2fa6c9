//! Refusals of projects, as problems.

use axum::http::StatusCode;
use domain::project::ProjectError;

use super::Problem;

impl From<ProjectError> for Problem {
    fn from(error: ProjectError) -> Self {
        let status = match error {
            ProjectError::NotFound => StatusCode::NOT_FOUND,
            ProjectError::AlreadyRegistered | ProjectError::Archived => StatusCode::CONFLICT,
        };
        Self::new(status, error.code(), error.to_string())
    }
}
