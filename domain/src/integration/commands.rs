//! What may be asked of an integration.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::facts::ProviderFacts;
use super::frequency::SyncFrequency;
use super::parts::{
    CollectionMapping, ConfigurationMapping, Credential, CredentialReference, CustomerSettings, Identity,
    Limits, LookupTable, Webhook,
};
use crate::fields::Fields;
use crate::sync_config::Trigger;
use crate::value::{Code, Direction, DisplayName, ErrorClass};

/// A command to an integration. `automatic` marks those that follow from the project's country: they leave alone
/// what a person started or touched.
#[derive(Clone, Debug, PartialEq)]
pub enum IntegrationCommand {
    /// Starts it, disconnected and disabled.
    Create(Box<CreateIntegration>),
    /// Changes name, description, settings, base URL or defaults.
    Describe(Box<DescribeIntegration>),
    /// An authorization starts; it answers to this attempt id. A later attempt takes the place of an earlier one.
    BeginConnecting { attempt: String },
    /// The provider confirmed the credentials.
    ConfirmConnection(Box<ConfirmConnection>),
    /// The attempt failed: refused, cancelled or expired.
    RefuseConnection { attempt: String, reason: String },
    /// Credentials were put into the vault, not tried yet.
    ProvideCredentials(Credential),
    /// How a call went.
    RecordHealth(Health),
    /// The provider takes the credentials no longer.
    MarkExpired { reason: String },
    /// The tokens were refreshed. A late refresh brings an expired connection back.
    RecordRotation { reference: CredentialReference, token_expires_at: Option<DateTime<Utc>> },
    /// Gives the connection and its credentials up.
    Disconnect { reason: Option<String> },
    /// Lets it send and receive.
    Enable { facts: Arc<ProviderFacts>, automatic: bool },
    /// Stops it from sending and receiving.
    Disable { reason: Option<String>, automatic: bool },
    /// Switches a feature on.
    EnableFeature { feature: String, facts: Arc<ProviderFacts>, automatic: bool },
    /// Switches a feature off.
    DisableFeature { feature: String, automatic: bool },
    /// Gives a feature its own trigger, or with none its default again.
    OverrideTrigger { feature: String, trigger: Option<Trigger>, facts: Arc<ProviderFacts> },
    /// Says what one thing of ours is at the provider.
    SetConfigurationMapping(Box<ConfigurationMapping>),
    /// Takes that back.
    RemoveConfigurationMapping { id: Uuid },
    /// Says what a type of ours is booked on at the provider.
    SetCollectionMapping(Box<CollectionMapping>),
    /// Takes that back.
    RemoveCollectionMapping { id: Uuid },
    /// Says what holds for one customer.
    SetCustomer(Box<CustomerSettings>),
    /// Takes that back.
    RemoveCustomer { id: Uuid },
    /// Replaces a lookup table; `expected` is the lookups number the sender saw, where it insists on it.
    SetLookup { name: String, table: LookupTable, expected: Option<u32> },
    /// Subscribes to a type of the provider's events.
    RegisterWebhook(Box<Webhook>),
    /// Prolongs a subscription or changes its secret.
    RenewWebhook(Box<Webhook>),
    /// Ends a subscription.
    DeactivateWebhook { id: Uuid, reason: String },
    /// An operator raises the limits; those not given go back to the manifest's.
    RaiseLimits(Limits),
    /// Ends it with its webhooks and credentials. Refused while runs are active, unless forced.
    Delete { active_runs: u32, force: bool },
}

/// Starts an integration.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIntegration {
    /// Tenant, project, provider, origin.
    pub identity: Identity,
    /// Its code, unique in the organization.
    pub code: Code,
    /// The name people read.
    pub name: DisplayName,
    /// What it is for; may be empty.
    pub description: String,
    /// Settings of its provider; never a credential.
    pub settings: Fields,
    /// The provider's address, where it is not the manifest's.
    pub base_url: Option<String>,
    /// Default direction; without one, the widest the provider can do.
    pub direction: Option<Direction>,
    /// Default frequency; without one, every 60 minutes.
    pub frequency: Option<SyncFrequency>,
    /// What the manifest says.
    pub facts: Arc<ProviderFacts>,
}

/// Changes what may be edited; what is `None` stays.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeIntegration {
    /// Another code.
    pub code: Option<Code>,
    /// Another name.
    pub name: Option<DisplayName>,
    /// Another description; empty takes it away.
    pub description: Option<String>,
    /// Other settings, as a whole.
    pub settings: Option<Fields>,
    /// Another address; empty goes back to the manifest's.
    pub base_url: Option<String>,
    /// Another default direction.
    pub direction: Option<Direction>,
    /// Another default frequency.
    pub frequency: Option<SyncFrequency>,
    /// What the manifest says.
    pub facts: Arc<ProviderFacts>,
}

impl DescribeIntegration {
    /// A change of nothing, to be filled in.
    pub const fn new(facts: Arc<ProviderFacts>) -> Self {
        Self {
            code: None,
            name: None,
            description: None,
            settings: None,
            base_url: None,
            direction: None,
            frequency: None,
            facts,
        }
    }
}

/// The provider confirmed the credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfirmConnection {
    /// The attempt it answers; none where credentials were entered and tried without one.
    pub attempt: Option<String>,
    /// The remote company; `-` for providers without realms.
    pub realm: String,
    /// The name of the remote company, where the provider tells.
    pub realm_name: Option<String>,
    /// The credentials, by reference.
    pub credential: Credential,
    /// What the provider granted.
    pub scopes: Vec<String>,
    /// Whether a person said that another realm than before is meant.
    pub change_realm: bool,
}

/// How a call to the provider went. The caller counts; the log keeps changes of health only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answered.
    Ok,
    /// It refused the credentials.
    AuthFailure {
        /// Failures of this kind in a row, this one included.
        consecutive: u32,
        /// What it said.
        message: String,
    },
    /// It failed for another reason.
    Failure {
        /// Failures in a row, this one included.
        consecutive: u32,
        /// What can be done about it.
        class: ErrorClass,
        /// What it said.
        message: String,
    },
}
