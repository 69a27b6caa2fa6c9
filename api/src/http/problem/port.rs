//! What ports say, as problems.

use std::time::Duration;

use application::command_handlers::Declined;
use application::error::Failure;
use application::ports::Unavailable;
use application::ports::vault::VaultError;
use axum::http::StatusCode;

use super::Problem;

/// The code that the idempotency layer turns into the first answer.
pub(in crate::http) const SEEN: &str = "command_seen";

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        tracing::error!(%error, "a port is away");
        let detail = format!("the {} is away: try again in a moment", error.what);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(Duration::from_secs(2))
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(error) => error.into(),
            error => {
                tracing::error!(%error, "keys are not usable");
                let detail =
                    "the keys of this organization are not usable: an operator must check the key file";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "keys_unusable", detail)
            }
        }
    }
}

impl<E> From<Failure<E>> for Problem
where
    Declined: From<Failure<E>>,
{
    fn from(failure: Failure<E>) -> Self {
        Declined::from(failure).into()
    }
}

pub(super) fn contended() -> Problem {
    let detail = "it is changed by many at once: try again in a moment";
    Problem::new(StatusCode::CONFLICT, "contended", detail).retry_after(Duration::from_secs(1))
}

pub(super) fn seen(same_body: bool) -> Problem {
    if same_body {
        let detail = "a command with this key is being carried out: repeat it to see its answer";
        return Problem::new(StatusCode::CONFLICT, SEEN, detail).about("idempotency_key");
    }
    reused()
}

/// The key names another command.
pub(in crate::http) fn reused() -> Problem {
    let detail = "this Idempotency-Key was used for another request: use a new key for each command";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail).about("idempotency_key")
}
