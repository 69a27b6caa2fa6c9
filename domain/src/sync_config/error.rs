//! Why a command to a sync config is refused.

use crate::claim::ClaimKind;
use crate::stream::StreamId;
use crate::value::{DeletePolicy, Direction};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncConfigError {
    /// It was never created.
    #[error("the sync config does not exist: create it first")]
    NotFound,
    /// The id is taken.
    #[error("the sync config exists already: change it instead")]
    AlreadyCreated,
    /// It was deleted.
    #[error("the sync config is deleted: create a new one")]
    Deleted,
    /// One config per integration and pair of entities.
    #[error("sync config {owner} keeps this pair of entities in step already: change it instead")]
    EntityPairTaken {
        /// The config that has the pair.
        owner: String,
    },
    /// The provider's entity is empty, too long or unsafe.
    #[error("remote_entity must be a name of 1 to 100 visible characters")]
    RemoteEntity,
    /// The feature or the provider cannot go that way.
    #[error("only {allowed} is possible here: choose that direction")]
    DirectionNotAllowed {
        /// The way that is possible.
        allowed: Direction,
    },
    /// The side that would act cannot do that.
    #[error("{policy} is not possible here: use one of {allowed}")]
    DeletePolicyNotAllowed {
        /// The setting.
        field: &'static str,
        /// What was wanted.
        policy: DeletePolicy,
        /// What is possible.
        allowed: String,
    },
    /// The trigger is the feature's.
    #[error("the trigger is that of feature `{feature}`: override it there")]
    TriggerOfFeature {
        /// The feature.
        feature: String,
    },
    /// There is no feature to follow.
    #[error("the sync config belongs to no feature: change its own trigger")]
    NoFeature,
    /// A schedule both set and taken away.
    #[error("the schedule cannot be set and taken away at once: do one of them")]
    ScheduleUnclear,
    /// One dependency named twice.
    #[error("dependencies name the same entity twice: name each once")]
    DependencyTwice,
    /// Two rules join the same fields.
    #[error("`{local}` and `{remote}` are joined by more than one mapping: keep one")]
    PairMappedTwice {
        /// Our field.
        local: String,
        /// The provider's.
        remote: String,
    },
    /// Two rules write one field in one direction.
    #[error(
        "more than one {direction} mapping writes `{target}`: keep one, or make the others go the other way"
    )]
    TargetWrittenTwice {
        /// The field.
        target: String,
        /// The direction.
        direction: Direction,
    },
    /// Two rules have one id.
    #[error("the mapping id `{id}` is used twice: give each mapping its own")]
    RuleIdTwice {
        /// The id.
        id: String,
    },
    /// A mapping that is no JSON object or list of rules.
    #[error(
        "field_mappings is no JSON object: write {{\"our field\": \"their field\"}} or a list of mappings"
    )]
    MappingNotAnObject,
    /// Somebody changed the mapping since it was read.
    #[error("the mapping is at number {actual}, not {expected}: read it again and repeat the change")]
    MappingChangedSince {
        /// The number the sender insists on.
        expected: u32,
        /// The number it has.
        actual: u32,
    },
}

impl SyncConfigError {
    /// The refusal that a taken claim means.
    pub fn of_claim(kind: ClaimKind, owner: &StreamId) -> Option<Self> {
        (kind == ClaimKind::EntityPair).then(|| Self::EntityPairTaken { owner: owner.id.clone() })
    }

    /// The stable code of the refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "sync_config_not_found",
            Self::AlreadyCreated => "sync_config_already_created",
            Self::Deleted => "sync_config_deleted",
            Self::EntityPairTaken { .. } => "entity_pair_taken",
            Self::RemoteEntity => "remote_entity_invalid",
            Self::DirectionNotAllowed { .. } => "direction_not_allowed",
            Self::DeletePolicyNotAllowed { .. } => "delete_policy_not_allowed",
            Self::TriggerOfFeature { .. } => "trigger_of_feature",
            Self::NoFeature => "no_feature",
            Self::ScheduleUnclear => "schedule_unclear",
            Self::DependencyTwice => "dependency_twice",
            Self::PairMappedTwice { .. } => "mapping_pair_twice",
            Self::TargetWrittenTwice { .. } => "mapping_target_twice",
            Self::RuleIdTwice { .. } => "mapping_id_twice",
            Self::MappingNotAnObject => "field_mappings_must_be_valid_json_object",
            Self::MappingChangedSince { .. } => "mapping_changed",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotFound | Self::AlreadyCreated | Self::Deleted => None,
            Self::EntityPairTaken { .. } | Self::RemoteEntity => Some("remote_entity"),
            Self::DirectionNotAllowed { .. } => Some("direction"),
            Self::DeletePolicyNotAllowed { field, .. } => Some(field),
            Self::TriggerOfFeature { .. } | Self::NoFeature => Some("trigger"),
            Self::ScheduleUnclear => Some("schedule"),
            Self::DependencyTwice => Some("dependencies"),
            Self::PairMappedTwice { .. }
            | Self::TargetWrittenTwice { .. }
            | Self::RuleIdTwice { .. }
            | Self::MappingNotAnObject => Some("field_mappings"),
            Self::MappingChangedSince { .. } => Some("if_match"),
        }
    }
}
