//! Switching an integration and its features on and off.

use super::{Decision, shortened};
use crate::integration::aggregate::Integration;
use crate::integration::error::IntegrationError;
use crate::integration::events::{
    Disabled, Enabled, FeatureDisabled, FeatureEnabled, IntegrationEvent, TriggerOverridden,
};
use crate::integration::facts::ProviderFacts;
use crate::sync_config::Trigger;
use crate::value::Connection;

impl Integration {
    pub(super) fn enable(&self, facts: &ProviderFacts, automatic: bool) -> Decision {
        self.check_facts(facts)?;
        if self.enabled || self.left_alone(automatic) {
            return Ok(Vec::new());
        }
        let missing = self.missing(facts);
        if !missing.is_empty() {
            return Err(IntegrationError::CredentialsRequired { missing });
        }
        if self.connection != Connection::Connected {
            return Err(IntegrationError::NotConnected);
        }
        Ok(vec![Enabled { automatic }.into()])
    }

    pub(super) fn disable(&self, reason: Option<&str>, automatic: bool) -> Vec<IntegrationEvent> {
        if !self.enabled || self.left_alone(automatic) {
            return Vec::new();
        }
        vec![Disabled { reason: reason.map(shortened), automatic }.into()]
    }

    pub(super) fn enable_feature(&self, feature: String, facts: &ProviderFacts, automatic: bool) -> Decision {
        self.check_feature(&feature, facts)?;
        if self.has_feature(&feature) || self.left_alone(automatic) {
            return Ok(Vec::new());
        }
        Ok(vec![FeatureEnabled { feature, automatic }.into()])
    }

    /// Needs no facts: a feature that the manifest no longer has can still be switched off.
    pub(super) fn disable_feature(&self, feature: String, automatic: bool) -> Vec<IntegrationEvent> {
        if !self.has_feature(&feature) || self.left_alone(automatic) {
            return Vec::new();
        }
        vec![FeatureDisabled { feature, automatic }.into()]
    }

    pub(super) fn override_trigger(
        &self,
        feature: String,
        trigger: Option<Trigger>,
        facts: &ProviderFacts,
    ) -> Decision {
        self.check_feature(&feature, facts)?;
        let known = self.features.get(&feature).and_then(|feature| feature.trigger.as_ref());
        if known == trigger.as_ref() {
            return Ok(Vec::new());
        }
        Ok(vec![TriggerOverridden { feature, trigger }.into()])
    }

    /// What the project's country calls for never overrules a person.
    const fn left_alone(&self, automatic: bool) -> bool {
        automatic && self.touched
    }

    fn missing(&self, facts: &ProviderFacts) -> Vec<String> {
        let present = self.credential.as_ref().map_or(&[][..], |credential| &credential.names);
        facts.required_credentials.iter().filter(|name| !present.contains(name)).cloned().collect()
    }

    fn check_feature(&self, feature: &str, facts: &ProviderFacts) -> Result<(), IntegrationError> {
        self.check_facts(facts)?;
        if facts.feature(feature).is_some() {
            return Ok(());
        }
        let known: Vec<_> = facts.features.iter().map(|feature| feature.code.as_str()).collect();
        Err(IntegrationError::UnknownFeature { given: shortened(feature), known: known.join(", ") })
    }
}
