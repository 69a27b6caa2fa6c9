//! The ports of the command handlers, and how they find what a request names: always within its organization.

use std::sync::Arc;

use domain::ids::{IntegrationId, OrganizationId, ProjectId, SyncConfigId};
use domain::integration::Integration;
use domain::stream::SyncRecordKey;
use domain::sync_config::SyncConfig;

use super::Declined;
use super::receive_webhook::Intake;
use crate::dispatcher::Dispatcher;
use crate::ports::connector::{Provider, Target};
use crate::ports::credentials::Credentials;
use crate::ports::deliveries::Deliveries;
use crate::ports::limiter::Limit;
use crate::ports::oauth_attempts::OAuthAttempts;
use crate::ports::wakeups::Wakeups;
use crate::ports::webhook_sender::WebhookSender;
use crate::process_managers::Routes;
use crate::process_managers::routes::Owned;
use crate::sync::Engine;

/// What an operator set.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// Where browsers and providers reach this service; no trailing slash.
    pub public_url: String,
    /// Redirect addresses allowed beside our own callback.
    pub redirect_uris: Vec<String>,
    /// Origins that base URLs may have beside the manifest's.
    pub allowed_origins: Vec<String>,
    /// Exact origins that `egress.allow` opens.
    pub operator_origins: Vec<String>,
}

/// What command handlers work with.
pub struct Desk {
    /// The engine: log, connectors, keys, blobs, queue, and the directory of what is live.
    pub engine: Arc<Engine>,
    /// Sealed credentials.
    pub credentials: Arc<dyn Credentials>,
    /// Authorizations under way.
    pub attempts: Arc<dyn OAuthAttempts>,
    /// To wake workers for work that somebody waits for.
    pub wakeups: Arc<dyn Wakeups>,
    /// What became of deliveries to customers' endpoints.
    pub deliveries: Arc<dyn Deliveries>,
    /// The way to customers' endpoints.
    pub sender: Arc<dyn WebhookSender>,
    /// What an operator set.
    pub operator: Operator,
    /// Verified webhooks on their way into the log.
    pub intake: Intake,
}

impl Desk {
    /// Log, clock and ids.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.engine.ports.dispatcher
    }

    /// Projects, integrations and configs as of now.
    pub async fn routes(&self) -> Result<Arc<Routes>, Declined> {
        Ok(self.engine.directory.now().await?)
    }

    /// The provider of a key.
    pub fn provider(&self, key: &str) -> Result<Arc<Provider>, Declined> {
        self.engine.ports.connectors.provider(key).ok_or(Declined::NotFound("provider"))
    }

    /// Where the provider sends browsers back unless another address is asked for.
    pub fn callback(&self, provider: &str) -> String {
        format!("{}/v1/oauth/{provider}/callback", self.operator.public_url)
    }
}

/// Looks things up within one organization: what belongs to another one is not there.
pub trait Within {
    /// A project that is not archived.
    fn project_of(&self, organization: OrganizationId, id: ProjectId) -> Result<(), Declined>;
    /// An integration that is not deleted.
    fn integration_of(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<&Owned<Integration>, Declined>;
    /// A config that is not deleted.
    fn config_of(
        &self,
        organization: OrganizationId,
        id: SyncConfigId,
    ) -> Result<&Owned<SyncConfig>, Declined>;
    /// The live integration of a project with a provider.
    fn connected_to(
        &self,
        organization: OrganizationId,
        project: ProjectId,
        provider: &str,
    ) -> Option<(IntegrationId, &Owned<Integration>)>;
    /// The stream of a sync record of the organization, by its id.
    fn record_of(&self, organization: OrganizationId, id: &str) -> Result<SyncRecordKey, Declined>;
}

impl Within for Routes {
    fn project_of(&self, organization: OrganizationId, id: ProjectId) -> Result<(), Declined> {
        let owned = self.projects.get(&id).filter(|owned| owned.organization == organization);
        owned.map(|_| ()).ok_or(Declined::NotFound("project"))
    }

    fn integration_of(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<&Owned<Integration>, Declined> {
        let owned = self.integrations.get(&id).filter(|owned| owned.organization == organization);
        owned.filter(|owned| !owned.state.deleted).ok_or(Declined::NotFound("integration"))
    }

    fn config_of(
        &self,
        organization: OrganizationId,
        id: SyncConfigId,
    ) -> Result<&Owned<SyncConfig>, Declined> {
        let owned = self.configs.get(&id).filter(|owned| owned.organization == organization);
        owned.filter(|owned| !owned.state.deleted).ok_or(Declined::NotFound("sync config"))
    }

    fn connected_to(
        &self,
        organization: OrganizationId,
        project: ProjectId,
        provider: &str,
    ) -> Option<(IntegrationId, &Owned<Integration>)> {
        let fits = |owned: &Owned<Integration>| {
            let identity = owned.state.identity.as_ref();
            !owned.state.deleted
                && owned.organization == organization
                && identity
                    .is_some_and(|identity| identity.project == project && identity.provider == provider)
        };
        self.integrations.iter().find(|(_, owned)| fits(owned)).map(|(id, owned)| (*id, owned))
    }

    fn record_of(&self, organization: OrganizationId, id: &str) -> Result<SyncRecordKey, Declined> {
        let stream = domain::stream::StreamId { kind: domain::stream::Kind::SyncRecord, id: id.to_owned() };
        let key = SyncRecordKey::parse(&stream).ok_or(Declined::NotFound("sync record"))?;
        self.config_of(organization, key.config).map_err(|_| Declined::NotFound("sync record"))?;
        Ok(key)
    }
}

/// Whom an integration calls, connected or not.
pub(crate) fn target(organization: OrganizationId, id: IntegrationId, integration: &Integration) -> Target {
    let profile = integration.profile.as_ref();
    let limit = integration.limits.calls_per_minute;
    Target {
        organization,
        integration: id,
        provider: integration.identity.as_ref().map(|identity| identity.provider.clone()).unwrap_or_default(),
        realm: integration.realm.clone().unwrap_or_else(|| "-".to_owned()),
        base_url: profile.and_then(|profile| profile.base_url.clone()),
        settings: profile.map(|profile| profile.settings.clone()).unwrap_or_default(),
        limit: limit.map(|calls| Limit { calls, per: std::time::Duration::from_mins(1) }),
        mapped: std::collections::BTreeMap::new(),
    }
}

/// Whom a provider's calls are for while no integration is there yet.
pub(super) fn bare(organization: OrganizationId, provider: &str) -> Target {
    Target {
        organization,
        integration: IntegrationId(uuid::Uuid::nil()),
        provider: provider.to_owned(),
        realm: "-".to_owned(),
        base_url: None,
        settings: domain::fields::Fields::new(),
        limit: None,
        mapped: std::collections::BTreeMap::new(),
    }
}
