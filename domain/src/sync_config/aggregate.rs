//! The sync config: set up once for a pair of entities, then changed until it is deleted.

use serde::{Deserialize, Serialize};

use super::commands::{Capabilities, ChangeSyncConfig, CreateSyncConfig, SyncConfigCommand};
use super::error::SyncConfigError;
use super::events::{
    Changed, Created, Deleted, Disabled, Enabled, MappingReplaced, SyncConfigEvent, TriggerFollowed,
};
use super::settings::{Identity, Settings};
use super::{Mapping, MappingVersion, Trigger};
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::stream::{Kind, StreamId};
use crate::value::{DeletePolicy, Direction};

/// What is kept in step, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncConfig {
    /// Project, integration, entities; none before it is created.
    pub identity: Option<Identity>,
    /// How records are kept in step; none before it is created.
    pub settings: Option<Settings>,
    /// Which field goes where.
    pub mapping: Mapping,
    /// The mapping's number, from 1.
    pub mapping_number: u32,
    /// Whether it runs.
    pub enabled: bool,
    /// Whether it was deleted.
    pub deleted: bool,
}

type Decision = Result<Vec<SyncConfigEvent>, SyncConfigError>;

impl Aggregate for SyncConfig {
    const KIND: Kind = Kind::SyncConfig;
    type Command = SyncConfigCommand;
    type Event = SyncConfigEvent;
    type Error = SyncConfigError;

    fn decide(&self, command: SyncConfigCommand) -> Decision {
        match command {
            SyncConfigCommand::Create(create) => self.create(*create),
            SyncConfigCommand::Change(change) => self.change(*change),
            SyncConfigCommand::FollowTrigger { trigger } => self.follow_trigger(trigger),
            SyncConfigCommand::ReplaceMapping { mapping, expected } => {
                self.replace_mapping(mapping, expected)
            }
            SyncConfigCommand::Enable => self.switch(true),
            SyncConfigCommand::Disable => self.switch(false),
            SyncConfigCommand::Delete => self.delete(),
        }
    }

    fn apply(&mut self, event: &SyncConfigEvent) {
        match event {
            SyncConfigEvent::Created(created) => {
                self.identity = Some(created.identity.clone());
                self.settings = Some(created.settings.clone());
                self.mapping = created.mapping.clone();
                self.mapping_number = 1;
                self.enabled = created.enabled;
            }
            SyncConfigEvent::Changed(changed) => {
                self.settings = self.settings.as_ref().map(|settings| settings.changed_by(changed));
            }
            SyncConfigEvent::TriggerFollowed(followed) => {
                self.settings.iter_mut().for_each(|settings| settings.trigger = followed.trigger.clone());
            }
            SyncConfigEvent::MappingReplaced(replaced) => {
                self.mapping = replaced.mapping.clone();
                self.mapping_number = replaced.number;
            }
            SyncConfigEvent::Enabled(_) => self.enabled = true,
            SyncConfigEvent::Disabled(_) => self.enabled = false,
            SyncConfigEvent::Deleted(_) => {
                self.deleted = true;
                self.enabled = false;
            }
        }
    }

    fn claims(&self, _stream: &StreamId, event: &SyncConfigEvent) -> Vec<ClaimChange> {
        match event {
            SyncConfigEvent::Created(created) => {
                vec![ClaimChange::Take { key: entity_pair(&created.identity), tag: None }]
            }
            SyncConfigEvent::Deleted(_) => {
                let held = self.identity.as_ref().map(entity_pair);
                held.map(|key| ClaimChange::Release { key }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

impl SyncConfig {
    /// The version that records written now remember, given the integration's lookups number.
    pub const fn mapping_version(&self, lookups: u32) -> MappingVersion {
        MappingVersion { mapping: self.mapping_number, lookups }
    }

    fn create(&self, create: CreateSyncConfig) -> Decision {
        if self.identity.is_some() {
            return Err(SyncConfigError::AlreadyCreated);
        }
        let CreateSyncConfig { identity, settings, mapping, enabled, capabilities } = create;
        check_remote_entity(&identity.remote_entity)?;
        check_settings(&settings, &capabilities)?;
        super::rules::check(&mapping, settings.direction)?;
        Ok(vec![Created { identity, settings, mapping, enabled }.into()])
    }

    fn change(&self, change: ChangeSyncConfig) -> Decision {
        let (identity, settings) = self.live()?;
        let ChangeSyncConfig { change, capabilities } = change;
        if change.schedule.is_some() && change.unscheduled {
            return Err(SyncConfigError::ScheduleUnclear);
        }
        let after = settings.changed_by(&change);
        if let (Some(feature), true) = (&identity.feature, after.trigger != settings.trigger) {
            return Err(SyncConfigError::TriggerOfFeature { feature: feature.clone() });
        }
        let changed = Changed::between(settings, &after);
        if changed == Changed::default() {
            return Ok(Vec::new());
        }
        check_settings(&after, &capabilities)?;
        super::rules::check(&self.mapping, after.direction)?;
        Ok(vec![changed.into()])
    }

    fn follow_trigger(&self, trigger: Trigger) -> Decision {
        let (identity, settings) = self.live()?;
        if identity.feature.is_none() {
            return Err(SyncConfigError::NoFeature);
        }
        if settings.trigger == trigger {
            return Ok(Vec::new());
        }
        Ok(vec![TriggerFollowed { trigger }.into()])
    }

    fn replace_mapping(&self, mapping: Mapping, expected: Option<u32>) -> Decision {
        let (_, settings) = self.live()?;
        let actual = self.mapping_number;
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            return Err(SyncConfigError::MappingChangedSince { expected, actual });
        }
        if mapping == self.mapping {
            return Ok(Vec::new());
        }
        super::rules::check(&mapping, settings.direction)?;
        Ok(vec![MappingReplaced { mapping, number: actual + 1 }.into()])
    }

    fn switch(&self, on: bool) -> Decision {
        self.live()?;
        Ok(match (self.enabled, on) {
            (false, true) => vec![Enabled {}.into()],
            (true, false) => vec![Disabled {}.into()],
            (true, true) | (false, false) => Vec::new(),
        })
    }

    fn delete(&self) -> Decision {
        if self.deleted {
            return Ok(Vec::new());
        }
        self.live()?;
        Ok(vec![Deleted {}.into()])
    }

    fn live(&self) -> Result<(&Identity, &Settings), SyncConfigError> {
        match (&self.identity, &self.settings) {
            (Some(_), Some(_)) if self.deleted => Err(SyncConfigError::Deleted),
            (Some(identity), Some(settings)) => Ok((identity, settings)),
            _ => Err(SyncConfigError::NotFound),
        }
    }
}

fn entity_pair(identity: &Identity) -> ClaimKey {
    ClaimKey::entity_pair(identity.integration, identity.local_entity.as_str(), &identity.remote_entity)
}

fn check_remote_entity(name: &str) -> Result<(), SyncConfigError> {
    let visible = !name.trim().is_empty() && !name.chars().any(char::is_control);
    if visible && name.chars().count() <= 100 { Ok(()) } else { Err(SyncConfigError::RemoteEntity) }
}

fn check_settings(settings: &Settings, can: &Capabilities) -> Result<(), SyncConfigError> {
    if settings.direction != can.direction && can.direction != Direction::Bidirectional {
        return Err(SyncConfigError::DirectionNotAllowed { allowed: can.direction });
    }
    check_delete("on_local_delete", settings.on_local_delete, &can.on_local_delete)?;
    check_delete("on_remote_delete", settings.on_remote_delete, &can.on_remote_delete)?;
    let mut seen = settings.dependencies.clone();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() == settings.dependencies.len() { Ok(()) } else { Err(SyncConfigError::DependencyTwice) }
}

fn check_delete(
    field: &'static str,
    policy: DeletePolicy,
    can: &[DeletePolicy],
) -> Result<(), SyncConfigError> {
    let mut allowed = vec![DeletePolicy::Ignore, DeletePolicy::Unlink];
    allowed.extend_from_slice(can);
    if allowed.contains(&policy) {
        return Ok(());
    }
    let allowed = allowed.iter().map(|policy| policy.as_str()).collect::<Vec<_>>().join(", ");
    Err(SyncConfigError::DeletePolicyNotAllowed { field, policy, allowed })
}
