//! Faults in the provider's own words: 429 and 500 have the body and headers of its API.

use std::future::Future;

use axum::response::Response;

use super::tally::Tally;
use crate::faults::{Fault, Faults};

/// Runs the handler `commit` under `fault`. `shape` answers for 429 and 500 (it is called with
/// the status, and adds `Retry-After` from `faults.plan().retry_after_s` where the provider would
/// send one). Counts `faults_sent`, and `throttled` for 429.
pub async fn under(
    (faults, tally): (&Faults, &Tally),
    fault: Fault,
    shape: impl Fn(u16) -> Response,
    commit: impl Future<Output = Response>,
) -> Response {
    if fault != Fault::None {
        tally.note("faults_sent");
    }
    match fault {
        Fault::TooManyRequests => {
            tally.note("throttled");
            shape(429)
        }
        Fault::ServerError => shape(500),
        Fault::ErrorAfter => {
            drop(commit.await);
            shape(500)
        }
        _ => faults.apply(fault, commit).await,
    }
}
