//! Something handed in at a provider that may exist once: a VAT return of a period, a filing.
//!
//! Its stream is named by what may exist once (integration, operation, realm, natural key), so that a second one meets
//! the first. What was handed in and what was answered lie sealed in the blob store; the events know their digests.

mod aggregate;
mod commands;
mod error;
mod events;
#[cfg(test)]
mod tests;

pub use aggregate::{Submission, SubmissionStatus};
pub use commands::{BeginSubmission, RequestSubmission, SubmissionCommand};
pub use error::SubmissionError;
pub use events::{
    Found, Receipt, Refusal, SubmissionBegun, SubmissionConfirmed, SubmissionEvent, SubmissionLookedUp,
    SubmissionOutcomeUnknown, SubmissionRejected, SubmissionRequested, SubmissionResolved,
};
