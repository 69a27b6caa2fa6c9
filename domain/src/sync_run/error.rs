//! Why a command to a sync run is refused.

use crate::claim::ClaimKind;
use crate::stream::StreamId;
use crate::value::RunStatus;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncRunError {
    /// It was never started.
    #[error("the run does not exist: start one")]
    NotFound,
    /// The id is taken.
    #[error("the run was started already: start another under a new id")]
    AlreadyStarted,
    /// Runs go one way.
    #[error("a run goes one way: start one inbound and one outbound")]
    NotOneWay,
    /// It is over.
    #[error("the run is {status} already: start another")]
    Over {
        /// How it ended.
        status: RunStatus,
    },
    /// Another worker has done this page.
    #[error("the run is past this page: go on from its own cursor")]
    PageOutOfTurn,
    /// One active run per config and direction.
    #[error("run {owner} is active in this direction: wait for it or cancel it")]
    RunActive {
        /// The active run.
        owner: String,
    },
}

impl SyncRunError {
    /// The refusal that a taken claim means.
    pub fn of_claim(kind: ClaimKind, owner: &StreamId) -> Option<Self> {
        (kind == ClaimKind::ActiveRun).then(|| Self::RunActive { owner: owner.id.clone() })
    }

    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "run_not_found",
            Self::AlreadyStarted => "run_already_started",
            Self::NotOneWay => "run_not_one_way",
            Self::Over { .. } => "run_over",
            Self::PageOutOfTurn => "page_out_of_turn",
            Self::RunActive { .. } => "run_active",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotOneWay => Some("direction"),
            _ => None,
        }
    }
}
