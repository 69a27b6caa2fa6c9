//! Refusals of integrations, as problems.

use axum::http::StatusCode;
use domain::integration::IntegrationError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound | E::Deleted | E::NoSuchPart { .. } => StatusCode::NOT_FOUND,
            E::AlreadyCreated
            | E::ProviderTaken { .. }
            | E::CodeTaken { .. }
            | E::AttemptNotOpen
            | E::RealmDiffers { .. }
            | E::NotConnected
            | E::IsDisabled
            | E::WebhookExists { .. }
            | E::RunsActive { .. } => StatusCode::CONFLICT,
            E::LookupsChanged { .. } => StatusCode::PRECONDITION_FAILED,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let field = match &error {
            E::NotConnected => Some("connection"),
            E::IsDisabled => Some("enabled"),
            E::LookupsChanged { .. } => Some("if_match"),
            other => other.field(),
        };
        let problem = Self::new(status, error.code(), error.to_string());
        match field {
            Some(field) => problem.about(field),
            None => problem,
        }
    }
}
