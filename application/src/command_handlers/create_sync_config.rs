//! Creates, changes and replaces sync configs: settings and mapping are checked against the manifest and the schemas.

use domain::catalogue;
use domain::ids::{IntegrationId, SyncConfigId};
use domain::integration::{Integration, SyncFrequency};
use domain::stream::{Kind, StreamId};
use domain::sync_config::{
    Capabilities, ChangeSyncConfig, Changed, CreateSyncConfig, Filter, Identity, Mapping, Policy, Schedule,
    Settings, SyncConfig, SyncConfigCommand, Trigger,
};
use domain::value::{
    DeletePolicy, Direction, EntityName, FilterExit, MergeFallback, Side, Strategy, TriggerKind,
};

use super::desk::Within;
use super::mapping::{checked_mapping, default_mapping};
use super::{Declined, Desk, Fault, facts};
use crate::dispatcher::{Envelope, UnitBuilder, Working};
use crate::ports::connector::{Feature, Provider, RemoteEntity};
use crate::sync::context::Idle;

/// Settings as given; what is `None` stays, or takes its default.
#[derive(Clone, Debug, Default)]
pub struct SyncConfigSettings {
    /// Which way records flow.
    pub direction: Option<Direction>,
    /// Which records it is about.
    pub filter: Option<Filter>,
    /// When local changes are sent.
    pub trigger: Option<Trigger>,
    /// When it runs by itself; `Some(None)` for never.
    pub schedule: Option<Option<Schedule>>,
    /// How collisions are settled.
    pub strategy: Option<Strategy>,
    /// The side that wins by priority.
    pub priority: Option<Side>,
    /// What `merge_fields` does with the rules that collide.
    pub merge_fallback: Option<MergeFallback>,
    /// Entities whose configs must have synced a referenced record first.
    pub dependencies: Option<Vec<EntityName>>,
    /// What the provider's side does when ours is deleted.
    pub on_local_delete: Option<DeletePolicy>,
    /// What our side does when the provider's is deleted.
    pub on_remote_delete: Option<DeletePolicy>,
    /// What happens to a record that no longer fits the filter.
    pub on_filter_exit: Option<FilterExit>,
    /// Whether changes wait for a person.
    pub review_mode: Option<bool>,
    /// Whether it runs.
    pub enabled: Option<bool>,
    /// Which field goes where.
    pub mapping: Option<Mapping>,
    /// The mapping number the sender saw, where it insists on it.
    pub expected_mapping: Option<u32>,
}

/// What a config is for.
#[derive(Clone, Debug)]
pub struct NewSyncConfig {
    /// The integration.
    pub integration: IntegrationId,
    /// Our entity.
    pub local_entity: EntityName,
    /// The provider's entity.
    pub remote_entity: String,
    /// The feature it belongs to.
    pub feature: Option<String>,
    /// Its settings.
    pub settings: SyncConfigSettings,
}

/// A config that was created or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenConfig {
    /// Its id.
    pub id: SyncConfigId,
    /// Whether it is new.
    pub created: bool,
    /// Position to read at least, to see it.
    pub position: u64,
    /// Its version now.
    pub version: u64,
    /// Its mapping's number now.
    pub mapping_number: u32,
}

/// What the manifest says about one config.
pub(super) struct Offer<'a> {
    pub(super) remote: &'a RemoteEntity,
    pub(super) feature: Option<&'a Feature>,
}

impl<'a> Offer<'a> {
    pub(super) fn of(provider: &'a Provider, remote: &str, feature: Option<&str>) -> Result<Self, Declined> {
        let entity = provider.entities.get(remote).ok_or_else(|| {
            let known: Vec<&str> = provider.entities.keys().map(String::as_str).collect();
            let given: String = remote.chars().take(80).collect();
            let message =
                format!("`{given}` is no entity of {}: use one of {}", provider.key, known.join(", "));
            Declined::invalid("remote_entity", message)
        })?;
        let feature = feature.and_then(|code| provider.features.iter().find(|feature| feature.code == code));
        Ok(Self { remote: entity, feature })
    }

    fn capabilities(&self) -> Capabilities {
        facts::capabilities(self.remote, self.feature)
    }
}

impl Desk {
    /// Creates the config of a pair of entities, or replaces the settings of the one there is.
    pub async fn put_sync_config(
        &self,
        envelope: &Envelope,
        new: NewSyncConfig,
    ) -> Result<WrittenConfig, Declined> {
        let routes = self.routes().await?;
        routes.integration_of(envelope.organization, new.integration)?;
        let known = routes.of_integration(new.integration).find(|(_, config)| {
            config.identity.as_ref().is_some_and(|identity| {
                identity.local_entity == new.local_entity && identity.remote_entity == new.remote_entity
            })
        });
        if let Some((id, _)) = known {
            return self.change_sync_config(envelope, id, new.settings, None).await;
        }
        let id = SyncConfigId(self.dispatcher().ids.next());
        let working = self.new_config(envelope, id, new).await?;
        self.write_config(envelope, id, working, true).await
    }

    /// A config that is decided but not stored.
    pub(super) async fn new_config(
        &self,
        envelope: &Envelope,
        id: SyncConfigId,
        new: NewSyncConfig,
    ) -> Result<Working<SyncConfig>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, new.integration)?.state;
        let identity = integration.identity.as_ref().ok_or(Declined::NotFound("integration"))?;
        let provider = self.provider(&identity.provider)?;
        let offer = Offer::of(&provider, &new.remote_entity, new.feature.as_deref())?;
        let given = new.settings;
        let settings = first_settings(integration, &offer, &given);
        let entity = new.local_entity.as_str();
        check_filters(entity, &settings)?;
        let usual = || default_mapping(offer.remote, entity, settings.direction);
        let mapping = given.mapping.unwrap_or_else(usual);
        let mapping = checked_mapping(mapping, ("field_mappings", entity), offer.remote, settings.direction)?;
        let identity = Identity {
            project: identity.project,
            integration: new.integration,
            provider: identity.provider.clone(),
            local_entity: new.local_entity,
            remote_entity: new.remote_entity,
            feature: new.feature,
        };
        let enabled = given.enabled.unwrap_or(true);
        if enabled {
            self.check_ids(envelope, &offer, &identity).await?;
        }
        let capabilities = offer.capabilities();
        let create = CreateSyncConfig { identity, settings, mapping, enabled, capabilities };
        let mut working = Working::<SyncConfig>::new(StreamId::of(Kind::SyncConfig, id.0));
        working.execute(SyncConfigCommand::Create(Box::new(create)))?;
        Ok(working)
    }

    /// Changes settings, mapping and switch of a config in one unit.
    pub async fn change_sync_config(
        &self,
        envelope: &Envelope,
        id: SyncConfigId,
        given: SyncConfigSettings,
        expected: Option<u64>,
    ) -> Result<WrittenConfig, Declined> {
        self.routes().await?.config_of(envelope.organization, id)?;
        let stream = StreamId::of(Kind::SyncConfig, id.0);
        let mut working = self.dispatcher().load::<SyncConfig>(&stream).await?;
        let actual = working.expected;
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            return Err(Declined::Stale { expected, actual });
        }
        let identity = working.state.identity.clone().ok_or(Declined::NotFound("sync config"))?;
        let provider = self.provider(&identity.provider)?;
        let offer = Offer::of(&provider, &identity.remote_entity, identity.feature.as_deref())?;
        let entity = identity.local_entity.as_str();
        if given.enabled == Some(true) && !working.state.enabled {
            self.check_ids(envelope, &offer, &identity).await?;
        }
        let change = changed(&working.state, &given);
        let command = ChangeSyncConfig { change, capabilities: offer.capabilities() };
        working.execute(SyncConfigCommand::Change(Box::new(command)))?;
        let settings = working.state.settings.clone().ok_or(Declined::NotFound("sync config"))?;
        check_filters(entity, &settings)?;
        let mapping = given.mapping.clone().unwrap_or_else(|| working.state.mapping.clone());
        let mapping = checked_mapping(mapping, ("field_mappings", entity), offer.remote, settings.direction)?;
        let expected = given.expected_mapping;
        working.execute(SyncConfigCommand::ReplaceMapping { mapping, expected })?;
        match given.enabled {
            Some(true) => drop(working.execute(SyncConfigCommand::Enable)?),
            Some(false) => drop(working.execute(SyncConfigCommand::Disable)?),
            None => {}
        }
        self.write_config(envelope, id, working, false).await
    }

    /// Whether no config at work writes the ids of other records of ours into the same remote entity.
    async fn check_ids(
        &self,
        envelope: &Envelope,
        offer: &Offer<'_>,
        mine: &Identity,
    ) -> Result<(), Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, mine.integration)?.state;
        let Some(realm) = integration.realm.as_deref().filter(|_| offer.remote.reference.is_some()) else {
            return Ok(());
        };
        routes.other_ids(mine, (envelope.organization, realm), None).map_or(Ok(()), |config| {
            let idle = Idle::Shared { entity: mine.remote_entity.clone(), config };
            Err(Declined::not_now("remote_entity_shared", idle.to_string()))
        })
    }

    async fn write_config(
        &self,
        envelope: &Envelope,
        id: SyncConfigId,
        working: Working<SyncConfig>,
        created: bool,
    ) -> Result<WrittenConfig, Declined> {
        let (version, mapping_number) = (working.head(), working.state.mapping_number);
        let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
        unit.add(working);
        let position = match self.append(envelope, unit).await? {
            Some(position) => position,
            None => self.dispatcher().log.head().await?,
        };
        Ok(WrittenConfig { id, created, position, version, mapping_number })
    }
}

/// The defaults of the integration and the manifest, with what was given on top.
fn first_settings(integration: &Integration, offer: &Offer<'_>, given: &SyncConfigSettings) -> Settings {
    let profile = integration.profile.as_ref();
    let possible = offer.capabilities().direction;
    let inherited = profile.map_or(Direction::Bidirectional, |profile| profile.direction);
    let usual = if inherited == Direction::Bidirectional { possible } else { inherited };
    let frequency = profile.map(|profile| profile.frequency).unwrap_or_default();
    let mut settings = Settings::new(
        given.direction.unwrap_or(usual),
        given.trigger.clone().unwrap_or_else(|| usual_trigger(integration, offer, frequency)),
        Policy {
            strategy: given.strategy.unwrap_or(Policy::default().strategy),
            priority: given.priority.unwrap_or(Policy::default().priority),
            merge_fallback: given.merge_fallback.unwrap_or(Policy::default().merge_fallback),
        },
    );
    settings.schedule = given.schedule.clone().unwrap_or_else(|| usual_schedule(frequency));
    let of_feature = || offer.feature.and_then(|feature| feature.filter.clone()).map(Filter::Expression);
    settings.filter = given.filter.clone().or_else(of_feature).unwrap_or_default();
    settings.dependencies = given.dependencies.clone().unwrap_or_default();
    settings.on_local_delete = given.on_local_delete.unwrap_or(settings.on_local_delete);
    settings.on_remote_delete = given.on_remote_delete.unwrap_or(settings.on_remote_delete);
    settings.on_filter_exit = given.on_filter_exit.unwrap_or(settings.on_filter_exit);
    settings.review_mode = given.review_mode.unwrap_or(false);
    settings
}

/// A feature's own trigger; else changes are sent at once, unless only a person sends.
fn usual_trigger(integration: &Integration, offer: &Offer<'_>, frequency: SyncFrequency) -> Trigger {
    let of_feature = offer.feature.map(|feature| {
        let own = integration.features.get(&feature.code).and_then(|known| known.trigger.clone());
        let kind = TriggerKind::parse(&feature.trigger).unwrap_or(TriggerKind::Realtime);
        own.unwrap_or_else(|| Trigger::new(kind))
    });
    of_feature.unwrap_or_else(|| {
        Trigger::new(match frequency {
            SyncFrequency::Manual => TriggerKind::OnManual,
            SyncFrequency::Realtime | SyncFrequency::Minutes(_) => TriggerKind::Realtime,
        })
    })
}

fn usual_schedule(frequency: SyncFrequency) -> Option<Schedule> {
    match frequency {
        SyncFrequency::Minutes(minutes) => Schedule::every(minutes.get()).ok(),
        SyncFrequency::Realtime | SyncFrequency::Manual => None,
    }
}

fn changed(state: &SyncConfig, given: &SyncConfigSettings) -> Changed {
    let known = state.settings.as_ref().map(|settings| settings.policy).unwrap_or_default();
    let policy = Policy {
        strategy: given.strategy.unwrap_or(known.strategy),
        priority: given.priority.unwrap_or(known.priority),
        merge_fallback: given.merge_fallback.unwrap_or(known.merge_fallback),
    };
    Changed {
        direction: given.direction,
        filter: given.filter.clone(),
        trigger: given.trigger.clone(),
        schedule: given.schedule.clone().flatten(),
        unscheduled: given.schedule == Some(None),
        policy: Some(policy),
        dependencies: given.dependencies.clone(),
        on_local_delete: given.on_local_delete,
        on_remote_delete: given.on_remote_delete,
        on_filter_exit: given.on_filter_exit,
        review_mode: given.review_mode,
    }
}

fn check_filters(local_entity: &str, settings: &Settings) -> Result<(), Declined> {
    let schema = catalogue::find(local_entity);
    let own = settings.filter.compile(schema).err().map(|error| Fault::new("filter", error));
    let watched = settings.trigger.entity.as_ref().map_or(schema, |entity| catalogue::find(entity.as_str()));
    let trigger = settings.trigger.filter.compile(watched).err();
    let trigger = trigger.map(|error| Fault::new("trigger.filter", error));
    let faults: Vec<Fault> = own.into_iter().chain(trigger).collect();
    if faults.is_empty() { Ok(()) } else { Err(Declined::Invalid(faults)) }
}
