//! What command handlers decline, as problems.

use application::command_handlers::Declined;
use axum::http::StatusCode;

use super::Problem;

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        let detail = declined.to_string();
        let conflict = |code: &'static str| Self::new(StatusCode::CONFLICT, code, detail.clone());
        match declined {
            Declined::Project(error) => error.into(),
            Declined::Integration(error) => error.into(),
            Declined::SyncConfig(error) => error.into(),
            Declined::SyncRun(error) => error.into(),
            Declined::SyncRecord(error) => error.into(),
            Declined::LocalRecord(error) => error.into(),
            Declined::Delivery(error) => error.into(),
            Declined::Endpoint(error) => error.into(),
            Declined::Submission(error) => error.into(),
            Declined::Webhook(rejection) => rejection.into(),
            Declined::Call(error) => error.into(),
            Declined::Invalid(faults) => Self::of_faults(faults),
            Declined::NotFound(what) => Self::not_found(what),
            Declined::Stale { .. } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "version_mismatch", detail).about("if_match")
            }
            Declined::ProjectNameTaken { .. } => conflict("project_name_taken").about("name"),
            Declined::RemoteLinked { .. } => conflict("external_id_linked").about("external_id"),
            Declined::WriteUnderWay => conflict("write_under_way"),
            Declined::NotNow { code: code @ "oauth_state_invalid", .. } => {
                Self::new(StatusCode::BAD_REQUEST, code, detail).about("state")
            }
            Declined::NotNow { code, .. } => conflict(code),
            Declined::Seen { same_body, .. } => super::port::seen(same_body),
            Declined::Contended => super::port::contended(),
            Declined::Unavailable(error) => error.into(),
            Declined::Vault(error) => error.into(),
        }
    }
}
