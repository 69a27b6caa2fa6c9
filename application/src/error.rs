//! Why a use case did not do what was asked.

use crate::ports::Unavailable;
use crate::ports::event_log::Refused;
use crate::ports::vault::VaultError;

/// The answer to a command that was not carried out. Nothing of it happened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure<E> {
    /// The aggregate refused it; the reason is for the caller.
    #[error(transparent)]
    Refused(E),
    /// The log refused it: a claim is held elsewhere, or the command was seen before.
    #[error(transparent)]
    Log(Refused),
    /// Too many others wrote the same stream at the same time.
    #[error("the record is changed by many at once: try again")]
    Contended,
    /// A port is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Keys are not usable.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
