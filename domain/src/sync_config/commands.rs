//! What may be asked of a sync config.

use super::settings::{Identity, Settings};
use super::{Changed, Mapping, Trigger};
use crate::value::{DeletePolicy, Direction};

/// A command to a sync config.
#[derive(Clone, Debug, PartialEq)]
pub enum SyncConfigCommand {
    /// Sets it up. One per integration and pair of entities: a claim.
    Create(Box<CreateSyncConfig>),
    /// Changes its settings.
    Change(Box<ChangeSyncConfig>),
    /// Takes the trigger its feature has now.
    FollowTrigger {
        /// The feature's effective trigger.
        trigger: Trigger,
    },
    /// Replaces its mapping, already checked against the schemas.
    ReplaceMapping {
        /// The mapping, as a whole.
        mapping: Mapping,
        /// The mapping number the sender saw, where it insists on it.
        expected: Option<u32>,
    },
    /// Lets it run.
    Enable,
    /// Stops it.
    Disable,
    /// Ends it.
    Delete,
}

/// What the provider, or the feature, can do; from the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The widest direction.
    pub direction: Direction,
    /// What the provider's side can do when ours is deleted, beside ignoring and unlinking.
    pub on_local_delete: Vec<DeletePolicy>,
    /// What our side can do when the provider's is deleted, beside ignoring and unlinking.
    pub on_remote_delete: Vec<DeletePolicy>,
}

/// Sets a sync config up.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateSyncConfig {
    /// What it is and stays.
    pub identity: Identity,
    /// How records are kept in step. A config of a feature comes with the feature's effective trigger.
    pub settings: Settings,
    /// Which field goes where, already checked against the schemas.
    pub mapping: Mapping,
    /// Whether it runs at once.
    pub enabled: bool,
    /// What the manifest says.
    pub capabilities: Capabilities,
}

/// Changes settings.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSyncConfig {
    /// What changes; what is absent stays.
    pub change: Changed,
    /// What the manifest says.
    pub capabilities: Capabilities,
}
