//! Why a command to a local record is refused.

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalRecordError {
    /// It was never put, or is deleted.
    #[error("the record does not exist: put it first")]
    NotFound,
    /// Somebody changed it since the sender read it.
    #[error("the record is at version {actual}, not {expected}: read it again and repeat the change")]
    VersionMismatch {
        /// The version the sender insists on.
        expected: u64,
        /// The version it has; 0 for a record that never was.
        actual: u64,
    },
    /// It was erased on request.
    #[error("the record was erased on request and its id is used up: put it under another local id")]
    Erased,
}

impl LocalRecordError {
    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "record_not_found",
            Self::VersionMismatch { .. } => "version_mismatch",
            Self::Erased => "record_erased",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::VersionMismatch { .. } => Some("if_match"),
            Self::NotFound | Self::Erased => None,
        }
    }
}
