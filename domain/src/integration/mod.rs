//! An integration: one provider connected for one project, with one realm.
//!
//! Its connection (`disconnected → connecting → connected ⇄ error`, `expired`) and its switch (`enabled` or not) are
//! separate. What the manifest says about the provider travels in the command, as [`ProviderFacts`].

mod aggregate;
mod apply;
mod base_url;
mod commands;
mod decide;
mod error;
mod events;
mod facts;
mod frequency;
mod parts;
#[cfg(test)]
mod tests;

pub use aggregate::{Attempt, Feature, Integration};
pub use base_url::BaseUrlError;
pub use commands::{ConfirmConnection, CreateIntegration, DescribeIntegration, Health, IntegrationCommand};
pub use decide::{AUTH_FAILURES_TO_EXPIRE, FAILURES_TO_ERROR};
pub use error::IntegrationError;
pub use events::*;
pub use facts::{FeatureFacts, ProviderFacts, SettingFacts};
pub use frequency::{SyncFrequency, UnknownFrequency};
pub use parts::{
    CollectionMapping, ConfigurationMapping, Credential, CredentialReference, CustomerSettings, External,
    Identity, Limits, LookupTable, Origin, Profile, Verification, Webhook,
};
