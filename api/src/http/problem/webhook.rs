//! Refusals of deliveries, as problems.

use application::ports::connector::WebhookRejection;
use axum::http::StatusCode;
use domain::webhook_delivery::WebhookDeliveryError as E;

use super::Problem;

impl From<E> for Problem {
    fn from(error: E) -> Self {
        let status = match error {
            E::NotFound => StatusCode::NOT_FOUND,
            E::Settled { .. } | E::Pending => StatusCode::CONFLICT,
            E::BodyGone => StatusCode::GONE,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

/// The stable code of a rejection; also its label in the metrics.
pub(in crate::http) const fn code(rejection: &WebhookRejection) -> &'static str {
    match rejection {
        WebhookRejection::MissingSignature => "webhook_signature_missing",
        WebhookRejection::WrongSignature => "webhook_signature_wrong",
        WebhookRejection::NoSecret => "webhook_secret_missing",
        WebhookRejection::Replayed => "webhook_replayed",
        WebhookRejection::Unreadable(_) => "webhook_unreadable",
        WebhookRejection::KeyAway(_) => "webhook_key_away",
        WebhookRejection::Unsupported => "webhook_unsupported",
    }
}

impl From<WebhookRejection> for Problem {
    fn from(rejection: WebhookRejection) -> Self {
        let status = match rejection {
            WebhookRejection::MissingSignature
            | WebhookRejection::WrongSignature
            | WebhookRejection::NoSecret
            | WebhookRejection::Replayed => StatusCode::UNAUTHORIZED,
            WebhookRejection::Unreadable(_) => StatusCode::BAD_REQUEST,
            WebhookRejection::KeyAway(_) => StatusCode::SERVICE_UNAVAILABLE,
            WebhookRejection::Unsupported => StatusCode::NOT_FOUND,
        };
        let detail = format!("{rejection}: sign the raw body with the webhook secret that is stored here");
        Self::new(status, code(&rejection), detail).about("signature")
    }
}
