//! The integration: its state, which commands it knows, and what each event leaves behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::commands::IntegrationCommand;
use super::error::IntegrationError;
use super::events::IntegrationEvent;
use super::facts::{FeatureFacts, ProviderFacts};
use super::parts::{
    CollectionMapping, ConfigurationMapping, Credential, CustomerSettings, Identity, Limits, LookupTable,
    Profile, Webhook,
};
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::stream::{Kind, StreamId};
use crate::sync_config::Trigger;
use crate::value::Connection;

/// One provider connected for one project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// Tenant, project, provider, origin; none before it is created.
    pub identity: Option<Identity>,
    /// What may be edited; none before it is created.
    pub profile: Option<Profile>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether it may send and receive.
    pub enabled: bool,
    /// Whether a person edited or switched it: what the project's country calls for leaves it alone then.
    pub touched: bool,
    /// State of the connection.
    pub connection: Connection,
    /// The open authorization.
    pub attempt: Option<Attempt>,
    /// The authorization that was confirmed last.
    pub confirmed_attempt: Option<String>,
    /// The remote company, remembered when the connection ends; `-` for providers without realms.
    pub realm: Option<String>,
    /// The credentials, by reference.
    pub credential: Option<Credential>,
    /// What the provider granted.
    pub scopes: Vec<String>,
    /// Features that were ever switched, by code.
    pub features: BTreeMap<String, Feature>,
    /// What things of ours are at the provider.
    pub configuration_mappings: BTreeMap<Uuid, ConfigurationMapping>,
    /// What types of ours are booked on.
    pub collection_mappings: BTreeMap<Uuid, CollectionMapping>,
    /// What holds for single customers.
    pub customers: BTreeMap<Uuid, CustomerSettings>,
    /// Lookup tables, by name.
    pub lookups: BTreeMap<String, LookupTable>,
    /// How often a lookup table was set; half of every mapping version.
    pub lookups_number: u32,
    /// Active subscriptions to the provider's events.
    pub webhooks: BTreeMap<Uuid, Webhook>,
    /// Limits that an operator raised.
    pub limits: Limits,
}

/// An open authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its id.
    pub id: String,
    /// What the connection was before; it is again when the attempt fails.
    pub before: Connection,
}

/// A feature of the integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Whether it is on.
    pub enabled: bool,
    /// Its own trigger, where it is not the manifest's.
    pub trigger: Option<Trigger>,
}

impl Aggregate for Integration {
    const KIND: Kind = Kind::Integration;
    type Command = IntegrationCommand;
    type Event = IntegrationEvent;
    type Error = IntegrationError;

    fn decide(&self, command: IntegrationCommand) -> Result<Vec<IntegrationEvent>, IntegrationError> {
        if let IntegrationCommand::Create(create) = command {
            return self.create(*create);
        }
        if matches!((&command, self.deleted), (IntegrationCommand::Delete { .. }, true)) {
            return Ok(Vec::new());
        }
        self.check_exists()?;
        self.decide_existing(command)
    }

    fn apply(&mut self, event: &IntegrationEvent) {
        self.apply_event(event);
    }

    fn claims(&self, _stream: &StreamId, event: &IntegrationEvent) -> Vec<ClaimChange> {
        let take = |key| ClaimChange::Take { key, tag: None };
        let release = |key| ClaimChange::Release { key };
        match event {
            IntegrationEvent::IntegrationCreated(created) => {
                claim_keys(&created.identity, &created.profile).into_iter().map(take).collect()
            }
            IntegrationEvent::Described(described) => {
                match (self.claim_keys(), &self.identity, &described.code) {
                    (Some([_, held]), Some(identity), Some(code)) => {
                        let wanted = ClaimKey::integration_code(identity.organization, code.as_str());
                        if held == wanted { Vec::new() } else { vec![release(held), take(wanted)] }
                    }
                    _ => Vec::new(),
                }
            }
            IntegrationEvent::IntegrationDeleted(_) => {
                self.claim_keys().into_iter().flatten().map(release).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Integration {
    /// Whether it may send and receive: live, enabled and connected. Asked where jobs are routed and where the HTTP
    /// client is handed out. A connection in `error` is still tried.
    pub fn check_may_sync(&self) -> Result<(), IntegrationError> {
        self.check_exists()?;
        if !self.enabled {
            return Err(IntegrationError::IsDisabled);
        }
        match self.connection {
            Connection::Connected | Connection::Error => Ok(()),
            Connection::Disconnected | Connection::Connecting | Connection::Expired => {
                Err(IntegrationError::NotConnected)
            }
        }
    }

    /// The trigger a feature has here: its own, else the manifest's.
    pub fn trigger_of<'a>(&'a self, feature: &'a FeatureFacts) -> &'a Trigger {
        let own = self.features.get(&feature.code).and_then(|known| known.trigger.as_ref());
        own.unwrap_or(&feature.trigger)
    }

    /// Whether a feature is on.
    pub fn has_feature(&self, code: &str) -> bool {
        self.features.get(code).is_some_and(|feature| feature.enabled)
    }

    pub(super) fn check_exists(&self) -> Result<(), IntegrationError> {
        match (&self.identity, self.deleted) {
            (None, _) => Err(IntegrationError::NotFound),
            (Some(_), true) => Err(IntegrationError::Deleted),
            (Some(_), false) => Ok(()),
        }
    }

    /// Refuses facts that are of another provider.
    pub(super) fn check_facts(&self, facts: &ProviderFacts) -> Result<(), IntegrationError> {
        let Some(identity) = &self.identity else {
            return Err(IntegrationError::NotFound);
        };
        if identity.provider == facts.key {
            return Ok(());
        }
        Err(IntegrationError::OtherProvider { expected: identity.provider.clone(), given: facts.key.clone() })
    }

    fn claim_keys(&self) -> Option<[ClaimKey; 2]> {
        Some(claim_keys(self.identity.as_ref()?, self.profile.as_ref()?))
    }
}

fn claim_keys(identity: &Identity, profile: &Profile) -> [ClaimKey; 2] {
    [
        ClaimKey::provider_of_project(identity.project, &identity.provider),
        ClaimKey::integration_code(identity.organization, profile.code.as_str()),
    ]
}
