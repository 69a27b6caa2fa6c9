//! Switches a feature, and with it the sync config it stands for, in one unit.

use std::sync::Arc;

use domain::ids::{IntegrationId, SyncConfigId};
use domain::integration::{Integration, IntegrationCommand, IntegrationError, ProviderFacts};
use domain::stream::{Kind, StreamId};
use domain::sync_config::{SyncConfig, SyncConfigCommand, Trigger};
use domain::value::EntityName;

use super::create_sync_config::{NewSyncConfig, SyncConfigSettings};
use super::desk::Within;
use super::{Declined, Desk};
use crate::dispatcher::{Envelope, UnitBuilder, Working};
use crate::ports::connector::{Feature, Provider};

/// What is asked of a feature; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct FeatureSwitch {
    /// On or off.
    pub enabled: Option<bool>,
    /// Its own trigger; `Some(None)` for the manifest's again.
    pub trigger: Option<Option<Trigger>>,
}

impl Desk {
    /// Switches a feature or changes its trigger. Answers its config and the position to read at least.
    pub async fn set_feature(
        &self,
        envelope: &Envelope,
        (id, code): (IntegrationId, &str),
        switch: FeatureSwitch,
    ) -> Result<(Option<SyncConfigId>, u64), Declined> {
        let routes = self.routes().await?;
        let identity = routes.integration_of(envelope.organization, id)?.state.identity.clone();
        let provider = self.provider(&identity.map(|identity| identity.provider).unwrap_or_default())?;
        let known = self.facts_of(envelope.organization, id).await?;
        let feature = feature_of(&provider, code)?;
        let stream = StreamId::of(Kind::Integration, id.0);
        let mut integration = self.dispatcher().load::<Integration>(&stream).await?;
        for command in commands(code, &switch, &known) {
            integration.execute(command)?;
        }
        let trigger = known.feature(code).map(|facts| integration.state.trigger_of(facts).clone());
        let config = self.config_of_feature(envelope, id, feature, (switch.enabled, trigger)).await?;
        let config_id = config.as_ref().and_then(|config| config.stream.uuid()).map(SyncConfigId);
        let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
        unit.add(integration);
        if let Some(config) = config {
            unit.add(config);
        }
        let position = match self.append(envelope, unit).await? {
            Some(position) => position,
            None => self.dispatcher().log.head().await?,
        };
        Ok((config_id, position))
    }

    /// The feature's config with what follows for it; created when the feature is enabled for the first time.
    async fn config_of_feature(
        &self,
        envelope: &Envelope,
        integration: IntegrationId,
        feature: &Feature,
        (enabled, trigger): (Option<bool>, Option<Trigger>),
    ) -> Result<Option<Working<SyncConfig>>, Declined> {
        let routes = self.routes().await?;
        let found = routes.of_integration(integration).find(|(_, config)| {
            let identity = config.identity.as_ref();
            identity.is_some_and(|identity| identity.feature.as_deref() == Some(feature.code.as_str()))
        });
        let Some((id, _)) = found else {
            return match enabled {
                Some(true) => self.first_config(envelope, integration, feature, trigger).await.map(Some),
                _ => Ok(None),
            };
        };
        let stream = StreamId::of(Kind::SyncConfig, id.0);
        let mut config = self.dispatcher().load::<SyncConfig>(&stream).await?;
        if let Some(trigger) = trigger {
            config.execute(SyncConfigCommand::FollowTrigger { trigger })?;
        }
        match enabled {
            Some(true) => drop(config.execute(SyncConfigCommand::Enable)?),
            Some(false) => drop(config.execute(SyncConfigCommand::Disable)?),
            None => {}
        }
        Ok(Some(config))
    }

    async fn first_config(
        &self,
        envelope: &Envelope,
        integration: IntegrationId,
        feature: &Feature,
        trigger: Option<Trigger>,
    ) -> Result<Working<SyncConfig>, Declined> {
        let local_entity = EntityName::parse(&feature.local_entity).map_err(|error| {
            Declined::not_now("feature_unusable", format!("the manifest is wrong: {error}"))
        })?;
        let new = NewSyncConfig {
            integration,
            local_entity,
            remote_entity: feature.remote_entity.clone(),
            feature: Some(feature.code.clone()),
            settings: SyncConfigSettings { trigger, ..SyncConfigSettings::default() },
        };
        self.new_config(envelope, SyncConfigId(self.dispatcher().ids.next()), new).await
    }
}

fn feature_of<'a>(provider: &'a Provider, code: &str) -> Result<&'a Feature, IntegrationError> {
    provider.features.iter().find(|feature| feature.code == code).ok_or_else(|| {
        let codes: Vec<&str> = provider.features.iter().map(|feature| feature.code.as_str()).collect();
        let given = code.chars().take(80).collect();
        IntegrationError::UnknownFeature { given, known: codes.join(", ") }
    })
}

/// What is asked, as commands to the integration.
fn commands(code: &str, switch: &FeatureSwitch, facts: &Arc<ProviderFacts>) -> Vec<IntegrationCommand> {
    let named = || code.to_owned();
    let trigger = switch.trigger.clone().map(|trigger| {
        let facts = Arc::clone(facts);
        IntegrationCommand::OverrideTrigger { feature: named(), trigger, facts }
    });
    let switched = switch.enabled.map(|on| {
        if on {
            let facts = Arc::clone(facts);
            IntegrationCommand::EnableFeature { feature: named(), facts, automatic: false }
        } else {
            IntegrationCommand::DisableFeature { feature: named(), automatic: false }
        }
    });
    trigger.into_iter().chain(switched).collect()
}
