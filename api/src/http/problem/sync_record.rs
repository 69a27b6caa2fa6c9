//! Refusals of sync records, as problems.

use axum::http::StatusCode;
use domain::sync_record::SyncRecordError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let (status, code, field) = match &error {
            E::NotFound => (StatusCode::NOT_FOUND, "sync_record_not_found", None),
            E::LinkedElsewhere { .. } => {
                (StatusCode::CONFLICT, "record_linked_elsewhere", Some("external_id"))
            }
            E::WriteOpen => (StatusCode::CONFLICT, "write_under_way", None),
            E::NoSuchCall { .. } => (StatusCode::CONFLICT, "call_not_open", None),
            E::BodyChangedUnderKey => (StatusCode::CONFLICT, "body_changed_under_key", None),
            E::NoConflict => (StatusCode::CONFLICT, "no_conflict", None),
            E::ResolvedDifferently => (StatusCode::CONFLICT, "resolved_differently", Some("resolution")),
            E::Moved => (StatusCode::CONFLICT, "record_moved", None),
            E::NotAllowed { .. } => (StatusCode::CONFLICT, "not_allowed_in_this_status", None),
        };
        let problem = Self::new(status, code, error.to_string());
        match field {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
