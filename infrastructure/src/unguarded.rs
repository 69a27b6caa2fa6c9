//! Errors of transactions that hold no guard.

use application::ports::Unavailable;

use crate::database::{WriteError, away};

/// The error of a transaction none of whose statements expects a number of rows.
pub(crate) fn unguarded(error: WriteError) -> Unavailable {
    match error {
        WriteError::Unavailable(unavailable) => unavailable,
        WriteError::Guard { .. } => away(error),
    }
}
