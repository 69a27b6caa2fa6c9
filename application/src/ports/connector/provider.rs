//! What a provider can do, as its manifest says.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::fields::Fields;
use domain::sync_config::mapping::{Mapping, RemoteShape};
use domain::validation::SendRules;
use domain::value::{Direction, Operation, WriteClass};
use serde::{Deserialize, Serialize};

use super::OperationFacts;
use crate::ports::limiter::Limit;

/// What the catalogue says of a provider; read from its manifest.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its key (`quickbooks`).
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Categories (`accounting`).
    pub categories: Vec<String>,
    /// Countries it serves, ISO 3166 alpha-2; empty means any.
    pub countries: Vec<String>,
    /// Where its documentation is.
    pub docs: String,
    /// Ways to authenticate; the first is the usual one.
    pub methods: Vec<AuthMethod>,
    /// Names of the secrets that the organization's app registration may hold.
    pub app_secrets: Vec<String>,
    /// `global` or `per_project`.
    pub credential_scope: String,
    /// Enabled by itself in its countries.
    pub auto_enable: bool,
    /// Whether a connection belongs to a remote company.
    pub has_realm: bool,
    /// Origins calls may go to; a base URL of an integration must be inside them or allowed by the operator.
    pub origins: Vec<String>,
    /// Setup form of a connection, generated from the manifest.
    pub setup: Vec<SetupField>,
    /// The same of the organization's app registration.
    pub app_setup: Vec<SetupField>,
    /// Entities, by the provider's own names.
    pub entities: BTreeMap<String, RemoteEntity>,
    /// Features: discrete capabilities a project can switch.
    pub features: Vec<Feature>,
    /// Lookups and submissions.
    pub operations: Vec<OperationFacts>,
    /// Names of its lists of codes.
    pub references: Vec<String>,
    /// Whether it sends webhooks, and with which secret they are verified.
    pub webhooks: bool,
    /// Times around a write.
    pub timing: Timing,
    /// Limit of one realm.
    pub limit: Option<Limit>,
    /// Calls at once per realm.
    pub concurrency: u32,
}

/// A way to authenticate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthMethod {
    /// Its name, which a connection takes it by with the setting `auth`; the usual one has none.
    pub name: Option<String>,
    /// Its name for people, where there are several.
    pub label: Option<String>,
    /// Its kind (`oauth2`, `oauth1`, `api_key`, `basic_auth`, `session`, `none`).
    pub kind: String,
    /// Whether a person authorizes it in a browser.
    pub in_browser: bool,
    /// Names of the secrets a connection needs before it may be enabled.
    pub required_secrets: Vec<String>,
}

impl Provider {
    /// The way that a connection with these settings authenticates.
    pub fn method(&self, settings: &Fields) -> Option<&AuthMethod> {
        let chosen = settings.get("auth").and_then(serde_json::Value::as_str);
        let named = self.methods.iter().find(|method| chosen.is_some() && method.name.as_deref() == chosen);
        named.or_else(|| self.methods.first())
    }

    /// The kind of the usual way to authenticate.
    pub fn auth(&self) -> &str {
        self.methods.first().map_or("none", |method| method.kind.as_str())
    }
}

/// A field of the setup form.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct SetupField {
    /// Its name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help text.
    pub help: String,
    /// An example.
    pub example: String,
    /// Whether it is a secret (write-only).
    pub secret: bool,
    /// Whether it must be given.
    pub required: bool,
    /// A regular expression that the value must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A list of codes to choose from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<String>,
}

/// A feature of a provider.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Feature {
    /// Its code.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Our entity.
    pub local_entity: String,
    /// The provider's entity.
    pub remote_entity: String,
    /// Ways it can flow.
    pub direction: Direction,
    /// Default trigger (`realtime` …).
    pub trigger: String,
    /// Default filter: a CEL expression over our record that must be true for it to flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// Times around a write; from the manifest, an operator may override them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// A request without an answer after this is given up.
    pub request_timeout: Duration,
    /// A prepared call is not handed to the socket later than this after its intent.
    pub send_window: Duration,
    /// How long the provider's search may lag behind its writes; `None`: no look-up can be trusted (class D).
    pub settle: Option<Duration>,
}

/// What the provider's entity can do.
#[derive(Clone, Debug)]
pub struct RemoteEntity {
    /// The provider's name for it.
    pub name: String,
    /// Our entity its default mapping is for.
    pub local_entity: String,
    /// Operations.
    pub operations: Vec<Operation>,
    /// How safely a create can be tried again.
    pub write_class: WriteClass,
    /// How long the provider surely remembers an idempotency key; zero when not proven.
    pub key_lifetime: Duration,
    /// Fields, arrays and whether unknown ones are allowed.
    pub shape: RemoteShape,
    /// Remote field that carries our reference, if one can be searched.
    pub reference: Option<String>,
    /// Remote field that is unique by nature (`DisplayName`), if one can be searched.
    pub natural_key: Option<String>,
    /// Fields that change without meaning (`MetaData.LastUpdatedTime`); left out of the observation digest.
    pub volatile: Vec<String>,
    /// Whether an update may carry changed fields only.
    pub sparse_update: bool,
    /// Whether a record is made inactive by sending it whole, because the provider clears what is left out.
    pub whole_deactivate: bool,
    /// Field and value that mean "inactive", which counts as deleted.
    pub inactive: Option<(String, serde_json::Value)>,
    /// Writes one batch call may carry; 1 without batches.
    pub batch: u32,
    /// Whether changes can be read since a cursor.
    pub incremental: bool,
    /// Whether it can be listed.
    pub listable: bool,
    /// Mapping used when a config gives none.
    pub default_mapping: Mapping,
    /// Rules that our whole record must obey before anything of it is sent.
    pub rules: SendRules,
}
