//! Why a command to a project is refused.

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// It was never registered.
    #[error("the project does not exist: register it first")]
    NotFound,
    /// The id is taken.
    #[error("the project is registered already: rename it or change its country instead")]
    AlreadyRegistered,
    /// It was ended.
    #[error("the project is archived: register a new one")]
    Archived,
}

impl ProjectError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "project_not_found",
            Self::AlreadyRegistered => "project_already_registered",
            Self::Archived => "project_archived",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        None
    }
}
