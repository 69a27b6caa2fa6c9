//! Why a command to a submission is refused.

use std::collections::BTreeMap;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// It is not there.
    #[error("the submission does not exist: GET …/submissions lists them")]
    NotFound,
    /// It is under way, or nobody knows its outcome yet.
    #[error(
        "it is being submitted, or its outcome is being looked up: watch the submission instead of sending another"
    )]
    UnderWay,
    /// The provider took one.
    #[error(
        "it was submitted already{}: read the submission; a correction is a submission of its own",
        shown(receipt)
    )]
    AlreadySubmitted {
        /// What shows it.
        receipt: BTreeMap<String, String>,
    },
    /// The call is not the one that is open.
    #[error("no call of this submission is open: read it again")]
    NotOpen,
}

impl SubmissionError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "submission_not_found",
            Self::UnderWay => "submission_under_way",
            Self::AlreadySubmitted { .. } => "already_submitted",
            Self::NotOpen => "submission_not_open",
        }
    }
}

fn shown(receipt: &BTreeMap<String, String>) -> String {
    if receipt.is_empty() {
        return String::new();
    }
    let each: Vec<String> = receipt.iter().map(|(name, value)| format!("{name} {value}")).collect();
    format!(" ({})", each.join(", "))
}
