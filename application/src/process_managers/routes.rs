//! Every project, integration and config, folded from the log; what process managers route by.

use std::collections::BTreeMap;

use domain::aggregate::Aggregate;
use domain::event::Event;
use domain::ids::{IntegrationId, OrganizationId, ProjectId, SyncConfigId, WebhookEndpointId};
use domain::integration::Integration;
use domain::metadata::Recorded;
use domain::project::Project;
use domain::stream::Kind;
use domain::sync_config::transform::Transform;
use domain::sync_config::{Identity, SyncConfig};
use domain::webhook_endpoint::WebhookEndpoint;

/// The fold.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Projects by id.
    pub projects: BTreeMap<ProjectId, Owned<Project>>,
    /// Integrations by id.
    pub integrations: BTreeMap<IntegrationId, Owned<Integration>>,
    /// Configs by id.
    pub configs: BTreeMap<SyncConfigId, Owned<SyncConfig>>,
    /// Customers' endpoints by id.
    pub endpoints: BTreeMap<WebhookEndpointId, Owned<WebhookEndpoint>>,
}

/// A state and the tenant it belongs to.
#[derive(Clone, Debug)]
pub struct Owned<A> {
    /// The tenant.
    pub organization: OrganizationId,
    /// Sequence of the last event folded.
    pub version: u64,
    /// The state.
    pub state: A,
}

/// A config that may work now: it and its integration are enabled, connected and not deleted.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The tenant.
    pub organization: OrganizationId,
    /// The config's id.
    pub config_id: SyncConfigId,
    /// The config.
    pub config: &'a SyncConfig,
    /// The integration's id.
    pub integration_id: IntegrationId,
    /// The integration.
    pub integration: &'a Integration,
    /// The remote company.
    pub realm: &'a str,
    /// The provider's key.
    pub provider: &'a str,
}

/// The lane of a remote company: `<provider>/<realm>`, or the connection's own where the provider names no companies.
pub(crate) fn lane_of(provider: &str, realm: &str, integration: IntegrationId) -> String {
    if realm == "-" { format!("{provider}/-/{integration}") } else { format!("{provider}/{realm}") }
}

impl Live<'_> {
    /// Whose turn its jobs count against.
    pub fn lane(&self) -> String {
        lane_of(self.provider, self.realm, self.integration_id)
    }

    /// Whether its records refer to other records, which then have to be there first.
    pub fn refers(&self) -> bool {
        let refers = |transform: &Transform| matches!(transform, Transform::Reference { .. });
        self.config.mapping.rules.iter().any(|rule| refers(&rule.transform))
    }
}

impl Routes {
    /// The kinds it folds.
    pub const KINDS: [Kind; 4] = [Kind::Project, Kind::Integration, Kind::SyncConfig, Kind::WebhookEndpoint];

    /// Folds an event; others than of [`Self::KINDS`] change nothing.
    pub fn apply(&mut self, recorded: &Recorded<Event>) {
        let Some(id) = recorded.stream.uuid() else { return };
        match &recorded.event {
            Event::Project(event) => fold(&mut self.projects, ProjectId(id), recorded, event),
            Event::Integration(event) => fold(&mut self.integrations, IntegrationId(id), recorded, event),
            Event::SyncConfig(event) => fold(&mut self.configs, SyncConfigId(id), recorded, event),
            Event::WebhookEndpoint(event) => {
                fold(&mut self.endpoints, WebhookEndpointId(id), recorded, event);
            }
            Event::SyncRun(_)
            | Event::SyncRecord(_)
            | Event::LocalRecord(_)
            | Event::WebhookDelivery(_)
            | Event::Submission(_) => {}
        }
    }

    /// The config, if it may work now.
    pub fn live(&self, config_id: SyncConfigId) -> Option<Live<'_>> {
        let owned = self.configs.get(&config_id)?;
        let config = &owned.state;
        let identity = config.identity.as_ref()?;
        let integration_id = identity.integration;
        let integration = &self.integrations.get(&integration_id)?.state;
        let may = !config.deleted && config.enabled && integration.check_may_sync().is_ok();
        let provider = integration.identity.as_ref()?.provider.as_str();
        let realm = integration.realm.as_deref()?;
        let organization = owned.organization;
        may.then_some(Live { organization, config_id, config, integration_id, integration, realm, provider })
    }

    /// The oldest config at work, of those before `before`, that writes the ids of records of another project or entity
    /// of ours into the remote entity of `mine`, in the same company.
    pub fn other_ids(
        &self,
        mine: &Identity,
        (organization, realm): (OrganizationId, &str),
        before: Option<SyncConfigId>,
    ) -> Option<SyncConfigId> {
        let older = self.configs.keys().take_while(|id| before.is_none_or(|before| **id < before));
        older.copied().find(|id| {
            let Some(live) = self.live(*id) else { return false };
            let Some(theirs) = &live.config.identity else { return false };
            let there = (live.organization, live.realm) == (organization, realm)
                && (&theirs.provider, &theirs.remote_entity) == (&mine.provider, &mine.remote_entity);
            let same = (theirs.project, &theirs.local_entity) == (mine.project, &mine.local_entity);
            let sends = live.config.settings.as_ref().is_some_and(|settings| settings.direction.sends());
            there && sends && !same
        })
    }

    /// Live configs for a local entity of a project.
    pub fn of_entity<'a>(&'a self, project: ProjectId, entity: &'a str) -> impl Iterator<Item = Live<'a>> {
        self.configs
            .iter()
            .filter(move |(_, owned)| {
                owned.state.identity.as_ref().is_some_and(|identity| {
                    identity.project == project && identity.local_entity.as_str() == entity
                })
            })
            .filter_map(|(id, _)| self.live(*id))
    }

    /// Configs of an integration, live or not.
    pub fn of_integration(
        &self,
        integration: IntegrationId,
    ) -> impl Iterator<Item = (SyncConfigId, &SyncConfig)> {
        self.configs
            .iter()
            .filter(move |(_, owned)| {
                !owned.state.deleted
                    && owned
                        .state
                        .identity
                        .as_ref()
                        .is_some_and(|identity| identity.integration == integration)
            })
            .map(|(id, owned)| (*id, &owned.state))
    }

    /// Configs at work that take an entity of the provider.
    pub fn takers<'a>(
        &'a self,
        integration: IntegrationId,
        entity: &'a str,
    ) -> impl Iterator<Item = Live<'a>> {
        let takes = move |config: &SyncConfig| {
            config.identity.as_ref().is_some_and(|identity| identity.remote_entity == entity)
        };
        let configs = self.of_integration(integration).filter(move |(_, config)| takes(config));
        configs.filter_map(|(id, _)| self.live(id))
    }

    /// The config that keeps a local entity of an integration in step; the one references go through.
    pub fn entity_config(&self, integration: IntegrationId, entity: &str) -> Option<SyncConfigId> {
        self.of_integration(integration)
            .find(|(_, config)| {
                config.identity.as_ref().is_some_and(|identity| identity.local_entity.as_str() == entity)
            })
            .map(|(id, _)| id)
    }
}

fn fold<I: Ord, A: Aggregate>(
    states: &mut BTreeMap<I, Owned<A>>,
    id: I,
    recorded: &Recorded<Event>,
    event: &A::Event,
) {
    let owned = states.entry(id).or_insert_with(|| Owned {
        organization: recorded.organization,
        version: 0,
        state: A::default(),
    });
    if recorded.sequence > owned.version {
        owned.version = recorded.sequence;
        owned.state.apply(event);
    }
}
