//! What a command needs to know about its provider. The handler takes it from the catalogue.

use crate::sync_config::Trigger;
use crate::value::{Country, Direction};

/// A provider, as far as the rules of an integration need it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderFacts {
    /// Its key (`quickbooks`).
    pub key: String,
    /// Names of the credentials that its auth kind requires before it can be enabled.
    pub required_credentials: Vec<String>,
    /// Names of all its credential fields; none of them may stand in the settings.
    pub credential_names: Vec<String>,
    /// Origins a base URL may have: `https://host[:port]`, where `*` stands for the host or its first labels
    /// (`https://*.myshopify.com`). From the manifest and the administrator's allow-list.
    pub allowed_origins: Vec<String>,
    /// Exact origins that the operator's `egress.allow` opens, plain HTTP and private addresses among them.
    pub operator_origins: Vec<String>,
    /// Countries it serves; empty for all.
    pub countries: Vec<Country>,
    /// The widest direction it can do.
    pub direction: Direction,
    /// Settings of its form that only take certain values.
    pub settings: Vec<SettingFacts>,
    /// Its features.
    pub features: Vec<FeatureFacts>,
}

/// A setting of a provider's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFacts {
    /// Its name (`account`).
    pub name: String,
    /// The regular expression that its value must fit.
    pub pattern: String,
    /// A value that does.
    pub example: String,
}

/// A feature of a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureFacts {
    /// Its code (`invoice_sync`).
    pub code: String,
    /// The direction it works in.
    pub direction: Direction,
    /// Its default trigger.
    pub trigger: Trigger,
}

impl ProviderFacts {
    /// The feature of this code.
    pub fn feature(&self, code: &str) -> Option<&FeatureFacts> {
        self.features.iter().find(|feature| feature.code == code)
    }
}
