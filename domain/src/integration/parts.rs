//! The parts of an integration: values that its commands, events and state share.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::frequency::SyncFrequency;
use crate::fields::Fields;
use crate::ids::{OrganizationId, ProjectId};
use crate::value::{Code, Direction, DisplayName};

/// Who started an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The project's country called for it.
    Auto,
    /// A person or API client.
    Person,
}

/// What an integration is and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The tenant.
    pub organization: OrganizationId,
    /// The project it is connected for.
    pub project: ProjectId,
    /// The provider's key.
    pub provider: String,
    /// Who started it.
    pub origin: Origin,
}

/// What may be edited about an integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its code, unique in the organization without regard to case.
    pub code: Code,
    /// The name people read.
    pub name: DisplayName,
    /// What it is for; empty when not given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Settings of its provider; never a credential.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub settings: Fields,
    /// The provider's address, where it is not the manifest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Direction that new sync configs inherit.
    pub direction: Direction,
    /// Frequency that new sync configs inherit.
    pub frequency: SyncFrequency,
}

/// Where credentials lie in the vault. Opaque; says nothing about them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialReference(pub Uuid);

impl fmt::Display for CredentialReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// The credentials of an integration, by reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Where they lie.
    pub reference: CredentialReference,
    /// The names of those that are present (`client_id`); never their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// When the access token ends, for kinds that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_at: Option<DateTime<Utc>>,
}

/// A record of the provider that something of ours stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its account code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_code: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What one thing of ours (an add-on, a tax code) is called at the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfigurationMapping {
    /// Its id. A second one for the same thing keeps the first one's.
    pub id: Uuid,
    /// The type of the thing (`add_on`), at most 50 characters.
    pub mappable_type: String,
    /// The id of the thing.
    pub mappable_id: String,
    /// What it is at the provider.
    pub external: External,
    /// Settings of this mapping.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub settings: Fields,
}

/// What a whole type of ours is booked on at the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectionMapping {
    /// Its id. A second one for the same type keeps the first one's.
    pub id: Uuid,
    /// The type (`invoice`), at most 50 characters.
    pub mapping_type: String,
    /// What it is at the provider.
    pub external: External,
    /// Settings of this mapping.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub settings: Fields,
}

/// What holds for one customer at this provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerSettings {
    /// Its id. A second one for the same customer keeps the first one's.
    pub id: Uuid,
    /// Our customer, by local id.
    pub customer_id: String,
    /// The kind of the customer at the provider (`company`), at most 50 characters.
    pub customer_type: String,
    /// The customer's id at the provider, until a sync record knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_customer_id: Option<String>,
    /// Settings for this customer.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub settings: Fields,
}

/// A named table that `lookup` transforms read: our value → the provider's.
pub type LookupTable = BTreeMap<String, String>;

/// With what the provider's deliveries are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// A keyed hash over the body; needs a secret.
    Hmac,
    /// A secret that comes with the delivery; only a hint to read again.
    SharedSecret,
    /// A signature under the provider's published keys.
    KeySet,
    /// A signature under the provider's certificate.
    Certificate,
}

impl Verification {
    /// Whether it cannot be done without a secret.
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::Hmac | Self::SharedSecret)
    }
}

/// A subscription to one type of the provider's events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: Uuid,
    /// What it delivers: `<entity>.<verb>`.
    pub event_type: String,
    /// The provider's id for it, where the provider gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_webhook_id: Option<String>,
    /// With what its deliveries are verified.
    pub verification: Verification,
    /// Where its secret lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<CredentialReference>,
    /// When the provider ends it unless it is renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Limits that an operator raised; the manifest's hold where none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Calls per minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls_per_minute: Option<u32>,
    /// Calls per day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls_per_day: Option<u32>,
    /// Calls at one time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrent_calls: Option<u32>,
}
