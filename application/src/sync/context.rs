//! Everything that decides about the records of one config, gathered once per group of jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::catalogue::{self, EntitySchema};
use domain::claim::OpenWriteScope;
use domain::digest::DigestKey;
use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId, ProjectId, SyncConfigId};
use domain::sync_config::Settings;
use domain::sync_config::field_path::FieldPath;
use domain::sync_config::filter::CompiledFilter;
use domain::sync_config::mapping::{Known, Mapping, MappingProblem, MappingVersion};
use domain::sync_config::transform::Transform;
use domain::sync_record::plan::{Plan, Rules};
use domain::value::Direction;

use crate::ports::connector::{Connectors, Provider, RemoteEntity, Target};
use crate::ports::limiter::Limit;
use crate::process_managers::routes::{Live, Routes, lane_of};

/// One config at work.
#[derive(Clone)]
pub struct Context {
    /// The tenant.
    pub organization: OrganizationId,
    /// The project whose records it syncs.
    pub project: ProjectId,
    /// The integration.
    pub integration_id: IntegrationId,
    /// The config.
    pub config_id: SyncConfigId,
    /// Its settings.
    pub settings: Settings,
    /// Our entity.
    pub local_entity: String,
    /// Its schema, if it is a shipped one.
    pub schema: Option<&'static EntitySchema>,
    /// The provider.
    pub provider: Arc<Provider>,
    /// The provider's entity.
    pub remote: RemoteEntity,
    /// The mapping in force.
    pub mapping: Mapping,
    /// The mapping, laid out for work.
    pub plan: Arc<Plan>,
    /// Its version.
    pub version: MappingVersion,
    /// The config's filter and its trigger's.
    filters: Arc<[CompiledFilter]>,
    /// Remote fields that change without meaning.
    pub volatile: Vec<FieldPath>,
    /// Lookup tables, by name.
    pub lookups: Arc<BTreeMap<String, BTreeMap<String, String>>>,
    /// The remote company.
    pub realm: String,
    /// Whom to call.
    pub target: Target,
    /// The organization's digest key.
    pub key: DigestKey,
}

/// Why a config cannot work now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Idle {
    /// It or its integration is disabled, disconnected or deleted.
    #[error("the config or its integration is not enabled and connected")]
    NotLive,
    /// The manifest no longer has it.
    #[error("the connector does not offer this entity any more")]
    NotOffered,
    /// The mapping does not fit what the manifest says now.
    #[error("the mapping does not fit the connector any more: {0}")]
    Unmappable(String),
    /// Records carry the ids of one config; a second one that names other records by the same ids would take them for
    /// its own, and overwrite them.
    #[error(
        "`{entity}` of this company carries the ids of sync config {config}: use that one, or disable it and this one goes on"
    )]
    Shared {
        /// The provider's entity.
        entity: String,
        /// Whose ids its records carry.
        config: SyncConfigId,
    },
}

impl Context {
    /// Gathers what there is about a config.
    pub fn gather(
        routes: &Routes,
        connectors: &dyn Connectors,
        config_id: SyncConfigId,
        key: DigestKey,
    ) -> Result<Self, Idle> {
        let live = routes.live(config_id).ok_or(Idle::NotLive)?;
        let identity = live.config.identity.as_ref().ok_or(Idle::NotLive)?;
        let provider = connectors.provider(live.provider).ok_or(Idle::NotOffered)?;
        let remote = provider.entities.get(identity.remote_entity.as_str()).ok_or(Idle::NotOffered)?.clone();
        let local_entity = identity.local_entity.as_str().to_owned();
        let settings = live.config.settings.clone().ok_or(Idle::NotLive)?;
        let company = (live.organization, live.realm);
        if remote.reference.is_some()
            && let Some(config) = routes.other_ids(identity, company, Some(config_id))
        {
            return Err(Idle::Shared { entity: identity.remote_entity.clone(), config });
        }
        let schema = catalogue::find(&local_entity);
        let plan = Plan::compile(&live.config.mapping, schema, &remote.shape, settings.direction)
            .map_err(|problems| Idle::Unmappable(words(&problems)))?;
        Ok(Self {
            organization: live.organization,
            project: identity.project,
            integration_id: live.integration_id,
            config_id,
            settings: settings.clone(),
            schema,
            plan: Arc::new(plan),
            filters: filters(&settings, schema)?,
            local_entity,
            volatile: remote.volatile.iter().filter_map(|path| FieldPath::parse(path).ok()).collect(),
            remote,
            mapping: live.config.mapping.clone(),
            version: MappingVersion {
                mapping: live.config.mapping_number,
                lookups: live.integration.lookups_number,
            },
            lookups: Arc::new(live.integration.lookups.clone()),
            realm: live.realm.to_owned(),
            target: target(&live),
            provider,
            key,
        })
    }

    /// The rules as the pure functions take them.
    pub fn rules<'a>(&'a self, known: &'a Known) -> Rules<'a> {
        Rules { plan: &self.plan, known }
    }

    /// Known values without references: the lookup tables.
    pub fn known(&self) -> Known {
        Known { lookups: Arc::clone(&self.lookups), ..Known::default() }
    }

    /// Whether a record of ours is one this config sends: its own filter and its trigger's. A filter that cannot be
    /// evaluated on it holds it back.
    pub fn fits(&self, record: &Fields) -> bool {
        self.filters.iter().all(|filter| filter.matches(record).unwrap_or(false))
    }

    /// Whether any rule refers to other records.
    pub fn refers(&self) -> bool {
        let refers = |transform: &Transform| matches!(transform, Transform::Reference { .. });
        self.mapping.rules.iter().any(|rule| refers(&rule.transform))
    }

    /// What open writes are unique in.
    pub fn scope(&self) -> OpenWriteScope<'_> {
        OpenWriteScope {
            organization: self.organization,
            provider: &self.provider.key,
            realm: &self.realm,
            remote_entity: &self.remote.name,
        }
    }

    /// Whether it sends local changes.
    pub fn sends(&self) -> bool {
        self.settings.direction.sends()
    }

    /// Whether it takes remote changes.
    pub fn receives(&self) -> bool {
        self.settings.direction.receives()
    }

    /// Whose turn its jobs count against.
    pub fn lane(&self) -> String {
        lane_of(&self.provider.key, &self.realm, self.target.integration)
    }

    /// The way it goes, seen from Headwater.
    pub fn direction(&self) -> Direction {
        self.settings.direction
    }
}

fn filters(settings: &Settings, schema: Option<&EntitySchema>) -> Result<Arc<[CompiledFilter]>, Idle> {
    [&settings.filter, &settings.trigger.filter]
        .into_iter()
        .map(|filter| filter.compile(schema).map_err(|error| Idle::Unmappable(error.to_string())))
        .collect()
}

/// Problems in one sentence, at most 500 characters.
pub fn words(problems: &[MappingProblem]) -> String {
    let mut words: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect();
    words.dedup();
    words.join("; ").chars().take(500).collect()
}

/// Whom a live config calls.
pub fn target(live: &Live<'_>) -> Target {
    let profile = live.integration.profile.as_ref();
    let limit = live.integration.limits.calls_per_minute;
    let mapped = live.config.identity.as_ref().map(|identity| {
        let rules = live.config.mapping.rules.iter();
        let paths = rules.filter_map(|rule| Some(rule.remote.as_ref()?.to_string()));
        (identity.remote_entity.clone(), paths.collect())
    });
    Target {
        mapped: mapped.into_iter().collect(),
        organization: live.organization,
        integration: live.integration_id,
        provider: live.provider.to_owned(),
        realm: live.realm.to_owned(),
        base_url: profile.and_then(|profile| profile.base_url.clone()),
        settings: profile.map(|profile| profile.settings.clone()).unwrap_or_default(),
        limit: limit.map(|calls| Limit { calls, per: std::time::Duration::from_mins(1) }),
    }
}
