//! What the rules of an integration need to know of its provider, taken from its manifest.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::{FeatureFacts, ProviderFacts, SettingFacts};
use domain::sync_config::{Capabilities, Trigger};
use domain::value::{Country, DeletePolicy, Direction, Operation, TriggerKind};

use super::desk::{Operator, Within};
use super::{Declined, Desk};
use crate::ports::connector::{Feature, Provider, RemoteEntity, SetupField};

impl Desk {
    /// Facts of a provider, with what the operator allows, for an integration with these settings.
    pub fn facts(&self, provider: &Provider, settings: &Fields) -> Arc<ProviderFacts> {
        of(provider, &self.operator, settings)
    }
}

/// Facts of a provider.
pub(super) fn of(provider: &Provider, operator: &Operator, settings: &Fields) -> Arc<ProviderFacts> {
    let mut allowed_origins = provider.origins.clone();
    allowed_origins.extend(operator.allowed_origins.iter().cloned());
    Arc::new(ProviderFacts {
        key: provider.key.clone(),
        required_credentials: provider
            .method(settings)
            .map(|method| method.required_secrets.clone())
            .unwrap_or_default(),
        credential_names: secret_names(provider).into_iter().collect(),
        allowed_origins,
        operator_origins: operator.operator_origins.clone(),
        countries: provider.countries.iter().filter_map(|code| Country::parse(code).ok()).collect(),
        direction: widest(provider.entities.values().map(direction)),
        settings: provider.setup.iter().filter_map(setting_facts).collect(),
        features: provider.features.iter().map(feature_facts).collect(),
    })
}

/// Names of secrets a connection of the provider may have.
pub(super) fn secret_names(provider: &Provider) -> BTreeSet<String> {
    let form = provider.setup.iter().filter(|field| field.secret).map(|field| field.name.clone());
    let required = provider.methods.iter().flat_map(|method| method.required_secrets.iter().cloned());
    let mut names: BTreeSet<String> = form.chain(required).collect();
    if provider.webhooks {
        names.insert("webhook_secret".to_owned());
    }
    names
}

fn setting_facts(field: &SetupField) -> Option<SettingFacts> {
    let pattern = field.pattern.clone().filter(|_| !field.secret)?;
    Some(SettingFacts { name: field.name.clone(), pattern, example: field.example.clone() })
}

fn feature_facts(feature: &Feature) -> FeatureFacts {
    let kind = TriggerKind::parse(&feature.trigger).unwrap_or(TriggerKind::Realtime);
    FeatureFacts { code: feature.code.clone(), direction: feature.direction, trigger: Trigger::new(kind) }
}

/// Which ways an entity can go.
pub(super) fn direction(entity: &RemoteEntity) -> Direction {
    let writes = entity.operations.iter().any(|one| matches!(one, Operation::Create | Operation::Update));
    let reads = entity.listable || entity.incremental;
    match (writes, reads) {
        (true, false) => Direction::Outbound,
        (false, true) => Direction::Inbound,
        _ => Direction::Bidirectional,
    }
}

fn widest(directions: impl Iterator<Item = Direction>) -> Direction {
    let (mut sends, mut receives) = (false, false);
    for direction in directions {
        sends |= direction.sends();
        receives |= direction.receives();
    }
    match (sends, receives) {
        (true, false) => Direction::Outbound,
        (false, true) => Direction::Inbound,
        _ => Direction::Bidirectional,
    }
}

/// What a config of `entity` can do, within what its feature allows.
pub(super) fn capabilities(entity: &RemoteEntity, feature: Option<&Feature>) -> Capabilities {
    let own = direction(entity);
    let direction = match feature.map(|feature| feature.direction) {
        Some(limit) if limit != Direction::Bidirectional => limit,
        _ => own,
    };
    let policy = |operation: &Operation| match operation {
        Operation::Deactivate => Some(DeletePolicy::Deactivate),
        Operation::Void => Some(DeletePolicy::Void),
        Operation::Delete => Some(DeletePolicy::Delete),
        Operation::Create | Operation::Update => None,
    };
    Capabilities {
        direction,
        on_local_delete: entity.operations.iter().filter_map(policy).collect(),
        on_remote_delete: vec![DeletePolicy::Delete],
    }
}

impl Desk {
    /// Facts of the provider of an integration.
    pub async fn facts_of(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<Arc<ProviderFacts>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(organization, id)?.state;
        let identity = integration.identity.as_ref();
        let key = identity.map(|identity| identity.provider.clone()).unwrap_or_default();
        let none = Fields::new();
        let settings = integration.profile.as_ref().map_or(&none, |profile| &profile.settings);
        Ok(of(self.provider(&key)?.as_ref(), &self.operator, settings))
    }
}
