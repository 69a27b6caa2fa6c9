//! Why a command was not carried out, whichever aggregate or port said so.

use domain::claim::ClaimKind;
use domain::integration::IntegrationError;
use domain::local_record::LocalRecordError;
use domain::project::ProjectError;
use domain::stream::StreamId;
use domain::submission::SubmissionError;
use domain::sync_config::SyncConfigError;
use domain::sync_record::SyncRecordError;
use domain::sync_run::SyncRunError;
use domain::webhook_delivery::WebhookDeliveryError;
use domain::webhook_endpoint::WebhookEndpointError;

use crate::error::Failure;
use crate::ports::Unavailable;
use crate::ports::connector::{CallError, WebhookRejection};
use crate::ports::event_log::Refused;
use crate::ports::vault::VaultError;

/// One thing that is wrong with what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, by its path in the request.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Fault {
    /// A fault of `field`.
    pub fn new(field: &str, message: impl std::fmt::Display) -> Self {
        Self { field: field.to_owned(), message: message.to_string() }
    }
}

/// The answer to a command that was not carried out. Nothing of it happened.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Declined {
    /// A project's rule.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// An integration's rule.
    #[error(transparent)]
    Integration(#[from] IntegrationError),
    /// A sync config's rule.
    #[error(transparent)]
    SyncConfig(#[from] SyncConfigError),
    /// A run's rule.
    #[error(transparent)]
    SyncRun(#[from] SyncRunError),
    /// A sync record's rule.
    #[error(transparent)]
    SyncRecord(#[from] SyncRecordError),
    /// A local record's rule.
    #[error(transparent)]
    LocalRecord(#[from] LocalRecordError),
    /// A delivery's rule.
    #[error(transparent)]
    Delivery(#[from] WebhookDeliveryError),
    /// An endpoint's rule.
    #[error(transparent)]
    Endpoint(#[from] WebhookEndpointError),
    /// A submission's rule.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// A webhook that is not taken.
    #[error(transparent)]
    Webhook(#[from] WebhookRejection),
    /// The provider said no.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What was given makes no sense; every reason.
    #[error("{} of what was given cannot be used", .0.len())]
    Invalid(Vec<Fault>),
    /// There is no such thing, or it is another organization's.
    #[error("there is no such {0}: list them to see their ids")]
    NotFound(&'static str),
    /// It is not where the sender saw it.
    #[error("it is at version {actual}, not {expected}: read it again and repeat the change")]
    Stale {
        /// What the sender insists on.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// A project of that name exists.
    #[error("project {owner} has this name already: choose another")]
    ProjectNameTaken {
        /// The project.
        owner: String,
    },
    /// The provider's record is linked to another of ours.
    #[error("the provider's record is linked already, by sync record {owner}: unlink that one first")]
    RemoteLinked {
        /// The sync record that has it.
        owner: String,
    },
    /// A write of the same remote object is under way.
    #[error("a write to this record of the provider is under way: try again in a moment")]
    WriteUnderWay,
    /// Not possible as things stand.
    #[error("{message}")]
    NotNow {
        /// The stable code.
        code: &'static str,
        /// What to do.
        message: String,
    },
    /// The command was taken before.
    #[error("the command was taken before")]
    Seen {
        /// Where its events begin.
        first: u64,
        /// Where its events end.
        last: u64,
        /// Whether its body was the same.
        same_body: bool,
    },
    /// Too many others wrote the same stream at the same time.
    #[error("it is changed by many at once: try again")]
    Contended,
    /// A port is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Keys are not usable.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Declined {
    /// One fault.
    pub fn invalid(field: &str, message: impl std::fmt::Display) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }

    /// Not possible as things stand.
    pub fn not_now(code: &'static str, message: impl Into<String>) -> Self {
        Self::NotNow { code, message: message.into() }
    }

    fn taken(kind: ClaimKind, owner: &StreamId) -> Self {
        let named = owner.id.clone();
        match kind {
            ClaimKind::ProviderOfProject | ClaimKind::IntegrationCode => {
                IntegrationError::of_claim(kind, owner).map_or(Self::Contended, Self::Integration)
            }
            ClaimKind::EntityPair => {
                SyncConfigError::of_claim(kind, owner).map_or(Self::Contended, Self::SyncConfig)
            }
            ClaimKind::ActiveRun => {
                SyncRunError::of_claim(kind, owner).map_or(Self::Contended, Self::SyncRun)
            }
            ClaimKind::ProjectCode => Self::ProjectNameTaken { owner: named },
            ClaimKind::RemoteId => Self::RemoteLinked { owner: named },
            ClaimKind::OpenWrite => Self::WriteUnderWay,
        }
    }
}

impl From<Refused> for Declined {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::StaleStream { .. } => Self::Contended,
            Refused::ClaimTaken { kind, owner, .. } => Self::taken(kind, &owner),
            Refused::CommandSeen { first, last, same_body } => Self::Seen { first, last, same_body },
        }
    }
}

impl<E: Into<Self>> From<Failure<E>> for Declined {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Refused(error) => error.into(),
            Failure::Log(refused) => refused.into(),
            Failure::Contended => Self::Contended,
            Failure::Unavailable(error) => Self::Unavailable(error),
            Failure::Vault(error) => Self::Vault(error),
        }
    }
}
