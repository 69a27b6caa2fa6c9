//! What is kept in step between one entity of ours and one of the provider's, and how.

mod aggregate;
mod commands;
pub mod conflict_policy;
mod error;
mod events;
pub mod field_path;
pub mod filter;
pub mod mapping;
pub mod mapping_rule;
mod rules;
pub mod schedule;
mod settings;
#[cfg(test)]
mod tests;
pub mod transform;
pub mod trigger;

pub use aggregate::SyncConfig;
pub use commands::{Capabilities, ChangeSyncConfig, CreateSyncConfig, SyncConfigCommand};
pub use conflict_policy::Policy;
pub use error::SyncConfigError;
pub use events::{
    Changed, Created, Deleted, Disabled, Enabled, MappingReplaced, SyncConfigEvent, TriggerFollowed,
};
pub use field_path::FieldPath;
pub use filter::Filter;
pub use mapping::{Mapping, MappingProblem, MappingVersion};
pub use mapping_rule::MappingRule;
pub use schedule::Schedule;
pub use settings::{Identity, Settings};
pub use transform::Transform;
pub use trigger::{ChangeKind, Trigger};
