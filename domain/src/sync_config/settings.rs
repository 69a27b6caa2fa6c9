//! The parts of a sync config that its events and state share.

use serde::{Deserialize, Serialize};

use super::events::Changed;
use super::{Filter, Policy, Schedule, Trigger};
use crate::ids::{IntegrationId, ProjectId};
use crate::value::{DeletePolicy, Direction, EntityName, FilterExit};

/// What a sync config is and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The project.
    pub project: ProjectId,
    /// The integration.
    pub integration: IntegrationId,
    /// The provider's key.
    pub provider: String,
    /// Our entity.
    pub local_entity: EntityName,
    /// The provider's entity, by the provider's name, at most 100 characters.
    pub remote_entity: String,
    /// The feature it belongs to, whose trigger it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
}

/// How records are kept in step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which way records flow.
    pub direction: Direction,
    /// Which records it is about.
    #[serde(default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// When local changes are sent.
    pub trigger: Trigger,
    /// When it runs by itself; never without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// How collisions are settled.
    pub policy: Policy,
    /// Entities of ours whose configs must have synced a referenced record first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<EntityName>,
    /// What the provider's side does when ours is deleted.
    pub on_local_delete: DeletePolicy,
    /// What our side does when the provider's is deleted.
    pub on_remote_delete: DeletePolicy,
    /// What happens to a record that no longer fits the filter.
    pub on_filter_exit: FilterExit,
    /// Whether changes wait for a person before they are written on either side.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub review_mode: bool,
}

impl Settings {
    /// The defaults of the language: nothing filtered out, deletions ignored, no review.
    pub fn new(direction: Direction, trigger: Trigger, policy: Policy) -> Self {
        Self {
            direction,
            filter: Filter::default(),
            trigger,
            schedule: None,
            policy,
            dependencies: Vec::new(),
            on_local_delete: DeletePolicy::Ignore,
            on_remote_delete: DeletePolicy::Ignore,
            on_filter_exit: FilterExit::Keep,
            review_mode: false,
        }
    }

    /// These settings after `changed`.
    pub(super) fn changed_by(&self, changed: &Changed) -> Self {
        let change = changed.clone();
        Self {
            direction: change.direction.unwrap_or(self.direction),
            filter: change.filter.unwrap_or_else(|| self.filter.clone()),
            trigger: change.trigger.unwrap_or_else(|| self.trigger.clone()),
            schedule: match (change.schedule, change.unscheduled) {
                (_, true) => None,
                (schedule, false) => schedule.or_else(|| self.schedule.clone()),
            },
            policy: change.policy.unwrap_or(self.policy),
            dependencies: change.dependencies.unwrap_or_else(|| self.dependencies.clone()),
            on_local_delete: change.on_local_delete.unwrap_or(self.on_local_delete),
            on_remote_delete: change.on_remote_delete.unwrap_or(self.on_remote_delete),
            on_filter_exit: change.on_filter_exit.unwrap_or(self.on_filter_exit),
            review_mode: change.review_mode.unwrap_or(self.review_mode),
        }
    }
}

impl Changed {
    /// What leads from `before` to `after`.
    pub(super) fn between(before: &Settings, after: &Settings) -> Self {
        fn changed<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
            (before != after).then(|| after.clone())
        }
        Self {
            direction: changed(&before.direction, &after.direction),
            filter: changed(&before.filter, &after.filter),
            trigger: changed(&before.trigger, &after.trigger),
            schedule: changed(&before.schedule, &after.schedule).flatten(),
            unscheduled: before.schedule.is_some() && after.schedule.is_none(),
            policy: changed(&before.policy, &after.policy),
            dependencies: changed(&before.dependencies, &after.dependencies),
            on_local_delete: changed(&before.on_local_delete, &after.on_local_delete),
            on_remote_delete: changed(&before.on_remote_delete, &after.on_remote_delete),
            on_filter_exit: changed(&before.on_filter_exit, &after.on_filter_exit),
            review_mode: changed(&before.review_mode, &after.review_mode),
        }
    }
}
