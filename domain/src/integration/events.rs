//! What happened to an integration.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::frequency::SyncFrequency;
use super::parts::{
    CollectionMapping, ConfigurationMapping, Credential, CredentialReference, CustomerSettings, Identity,
    Limits, LookupTable, Profile, Webhook,
};
use crate::event::variants;
use crate::fields::Fields;
use crate::sync_config::Trigger;
use crate::value::{Code, Direction, DisplayName, ErrorClass};

/// A fact about an integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum IntegrationEvent {
    /// It was started, disconnected and disabled.
    IntegrationCreated(Box<IntegrationCreated>),
    /// What may be edited was.
    Described(Box<Described>),
    /// An authorization started.
    ConnectionBegun(ConnectionBegun),
    /// The provider confirmed the credentials.
    ConnectionConfirmed(Box<ConnectionConfirmed>),
    /// The attempt failed.
    ConnectionRefused(ConnectionRefused),
    /// Credentials were put into the vault.
    CredentialsProvided(CredentialsProvided),
    /// Calls fail for another reason than the credentials.
    HealthFailed(HealthFailed),
    /// Calls succeed again.
    HealthRecovered(HealthRecovered),
    /// The provider takes the credentials no longer.
    ConnectionExpired(ConnectionExpired),
    /// The tokens were refreshed.
    CredentialRotated(CredentialRotated),
    /// The connection and its credentials were given up.
    Disconnected(Disconnected),
    /// It may send and receive.
    Enabled(Enabled),
    /// It may no longer.
    Disabled(Disabled),
    /// A feature was switched on.
    FeatureEnabled(FeatureEnabled),
    /// A feature was switched off.
    FeatureDisabled(FeatureDisabled),
    /// A feature has its own trigger, or its default again.
    TriggerOverridden(TriggerOverridden),
    /// A thing of ours stands for one of the provider's.
    ConfigurationMappingSet(Box<ConfigurationMappingSet>),
    /// It no longer does.
    ConfigurationMappingRemoved(ConfigurationMappingRemoved),
    /// A type of ours is booked on something of the provider's.
    CollectionMappingSet(Box<CollectionMappingSet>),
    /// It no longer is.
    CollectionMappingRemoved(CollectionMappingRemoved),
    /// Something holds for one customer.
    CustomerSet(Box<CustomerSet>),
    /// It no longer does.
    CustomerRemoved(CustomerRemoved),
    /// A lookup table was replaced.
    LookupSet(LookupSet),
    /// A subscription to the provider's events.
    WebhookRegistered(Box<WebhookRegistered>),
    /// It was prolonged, or its secret changed.
    WebhookRenewed(Box<WebhookRenewed>),
    /// It ended.
    WebhookDeactivated(WebhookDeactivated),
    /// An operator raised the limits.
    LimitsRaised(LimitsRaised),
    /// It ended, with its webhooks and credentials.
    IntegrationDeleted(IntegrationDeleted),
}

variants!(IntegrationEvent {
    ConnectionBegun,
    ConnectionRefused,
    CredentialsProvided,
    HealthFailed,
    HealthRecovered,
    ConnectionExpired,
    CredentialRotated,
    Disconnected,
    Enabled,
    Disabled,
    FeatureEnabled,
    FeatureDisabled,
    TriggerOverridden,
    ConfigurationMappingRemoved,
    CollectionMappingRemoved,
    CustomerRemoved,
    LookupSet,
    WebhookDeactivated,
    LimitsRaised,
    IntegrationDeleted,
} boxed {
    IntegrationCreated,
    Described,
    ConnectionConfirmed,
    ConfigurationMappingSet,
    CustomerSet,
    CollectionMappingSet,
    WebhookRegistered,
    WebhookRenewed,
});

/// An integration was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntegrationCreated {
    /// Tenant, project, provider, origin.
    pub identity: Identity,
    /// What may be edited later.
    pub profile: Profile,
}

/// What may be edited was; what is absent stayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// The new code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// The new description; empty when taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The new settings, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Fields>,
    /// The new address; empty for the manifest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The new default direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The new default frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<SyncFrequency>,
}

/// An authorization started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionBegun {
    /// Its id.
    pub attempt: String,
}

/// The provider confirmed the credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionConfirmed {
    /// The attempt it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// The remote company; `-` for providers without realms.
    pub realm: String,
    /// The name of the remote company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm_name: Option<String>,
    /// The realm before, where it is another one now: its links are to be unlinked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_realm: Option<String>,
    /// The credentials, by reference.
    pub credential: Credential,
    /// What the provider granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// The attempt failed; the connection is what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRefused {
    /// Its id.
    pub attempt: String,
    /// Why.
    pub reason: String,
}

/// Credentials were put into the vault, not tried yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsProvided {
    /// The credentials, by reference.
    pub credential: Credential,
}

/// Calls fail for another reason than the credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthFailed {
    /// What can be done about it.
    pub class: ErrorClass,
    /// What the provider said.
    pub message: String,
    /// Failures in a row.
    pub consecutive: u32,
}

/// Calls succeed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRecovered {}

/// The provider takes the credentials no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionExpired {
    /// What it said.
    pub reason: String,
}

/// The tokens were refreshed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRotated {
    /// Where the credentials lie now.
    pub reference: CredentialReference,
    /// When the new access token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_at: Option<DateTime<Utc>>,
}

/// The connection and its credentials were given up; the realm is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disconnected {
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// It may send and receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enabled {
    /// Whether the project's country called for it, and nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

/// It may no longer send and receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether the project's country called for it, and nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

/// A feature was switched on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureEnabled {
    /// Its code.
    pub feature: String,
    /// Whether the project's country called for it, and nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

/// A feature was switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureDisabled {
    /// Its code.
    pub feature: String,
    /// Whether the project's country called for it, and nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

/// A feature has its own trigger, or its default again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerOverridden {
    /// Its code.
    pub feature: String,
    /// Its own trigger; none for the manifest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
}

/// A thing of ours stands for one of the provider's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfigurationMappingSet {
    /// The mapping.
    pub mapping: ConfigurationMapping,
}

/// It no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationMappingRemoved {
    /// The mapping's id.
    pub id: Uuid,
}

/// A type of ours is booked on something of the provider's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectionMappingSet {
    /// The mapping.
    pub mapping: CollectionMapping,
}

/// It no longer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionMappingRemoved {
    /// The mapping's id.
    pub id: Uuid,
}

/// Something holds for one customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerSet {
    /// What holds.
    pub customer: CustomerSettings,
}

/// It no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRemoved {
    /// The id of what held.
    pub id: Uuid,
}

/// A lookup table was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookupSet {
    /// Its name.
    pub name: String,
    /// Its entries, as a whole.
    pub table: LookupTable,
    /// The integration's lookups number from now on.
    pub number: u32,
}

/// A subscription to the provider's events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRegistered {
    /// The subscription.
    pub webhook: Webhook,
}

/// It was prolonged, or its secret changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRenewed {
    /// The subscription as it is now.
    pub webhook: Webhook,
}

/// It ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDeactivated {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub reason: String,
}

/// An operator raised the limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitsRaised {
    /// The limits as they are now.
    pub limits: Limits,
}

/// It ended, with its webhooks and credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationDeleted {
    /// Whether runs were active.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
}
