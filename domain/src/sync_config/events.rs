//! What happened to a sync config.

use serde::{Deserialize, Serialize};

use super::settings::{Identity, Settings};
use super::{Filter, Mapping, Policy, Schedule, Trigger};
use crate::event::variants;
use crate::value::{DeletePolicy, Direction, EntityName, FilterExit};

/// A fact about a sync config.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SyncConfigEvent {
    /// It was set up.
    Created(Box<Created>),
    /// Its settings changed.
    Changed(Box<Changed>),
    /// Its feature has another trigger, and so it has.
    TriggerFollowed(TriggerFollowed),
    /// Its mapping was replaced.
    MappingReplaced(MappingReplaced),
    /// It runs.
    Enabled(Enabled),
    /// It runs no longer.
    Disabled(Disabled),
    /// It ended; its records are unlinked.
    Deleted(Deleted),
}

variants!(SyncConfigEvent { TriggerFollowed, MappingReplaced, Enabled, Disabled, Deleted } boxed { Created, Changed });

/// A sync config was set up; its mapping has number 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// What it is and stays.
    pub identity: Identity,
    /// How records are kept in step.
    pub settings: Settings,
    /// Which field goes where.
    pub mapping: Mapping,
    /// Whether it runs.
    pub enabled: bool,
}

/// Its settings changed; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The new direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The new filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// The new trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// The new schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Whether the schedule was taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unscheduled: bool,
    /// The new policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// The new dependencies, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Vec<EntityName>>,
    /// What the provider's side does when ours is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_local_delete: Option<DeletePolicy>,
    /// What our side does when the provider's is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_remote_delete: Option<DeletePolicy>,
    /// What happens to a record that no longer fits the filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_filter_exit: Option<FilterExit>,
    /// Whether changes wait for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_mode: Option<bool>,
}

/// Its feature has another trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerFollowed {
    /// The trigger.
    pub trigger: Trigger,
}

/// Its mapping was replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingReplaced {
    /// The mapping, as a whole.
    pub mapping: Mapping,
    /// Its number; half of every mapping version.
    pub number: u32,
}

/// It runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enabled {}

/// It runs no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {}

/// It ended; its records are unlinked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {}
