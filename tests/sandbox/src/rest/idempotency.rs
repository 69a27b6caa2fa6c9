//! The header `Idempotency-Key`, where it is honoured.

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use super::http::Answer;
use super::problem::Problem;

/// The digest of a request: method, path and body, byte for byte.
pub(super) type RequestDigest = [u8; 32];

pub(super) fn digest(method: &Method, path: &str, body: &[u8]) -> RequestDigest {
    let mut hash = Sha256::new();
    hash.update(format!("{method} {path}\n"));
    hash.update(body);
    hash.finalize().into()
}

/// First answers by key. Only stored writes are kept: a refused one may be sent again.
#[derive(Debug, Default)]
pub(super) struct Replays(HashMap<String, (RequestDigest, Answer)>);

impl Replays {
    /// The first answer to `key`, if there was one. Errors: 422, it was for another request.
    pub(super) fn find(&self, key: &str, request: &RequestDigest) -> Result<Option<Answer>, Problem> {
        match self.0.get(key) {
            None => Ok(None),
            Some((first, answer)) if first == request => Ok(Some(answer.clone())),
            Some(_) => {
                let message = "the key was used for another request";
                let mut problem =
                    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch", message);
                problem.field = Some("Idempotency-Key".to_owned());
                Err(problem)
            }
        }
    }

    pub(super) fn keep(&mut self, key: String, request: RequestDigest, answer: Answer) {
        self.0.insert(key, (request, answer));
    }
}
